"""cfn-lint rules that know AWS Backup: ``cfn-lint --append-rules generator/rules TEMPLATE``.

cfn-lint loads every file here whose name starts with a letter, in the package ``_backup`` too, as
a module of its own, without a package around it, in any order and from any working directory.
Therefore each file that imports ``_backup``, which holds what the rules share, first puts this
directory at the *end* of ``sys.path``: there it replaces nobody's module.

IDs are 95xx: cfn-lint leaves 9xxx to rules of others, and hands out the first of them, from 9001
on, to the lines of a ``--custom-rules`` file.
"""
