"""cfn-lint rules that know AWS Backup: ``cfn-lint --append-rules generator/rules TEMPLATE``.

cfn-lint loads every file here whose name starts with a letter or a digit as a module of its own,
without a package around it, wherever the working directory is. Therefore each rule first puts
this directory at the *end* of ``sys.path`` and then imports what the rules share, which lives in
files that start with ``_backup_``: cfn-lint takes none of them for a rule, and at the end of the
path under these names they replace no module of anybody.

IDs are 95xx: cfn-lint leaves 9xxx to rules of others, and hands out the first of them, from 9001
on, to the lines of a ``--custom-rules`` file.
"""
