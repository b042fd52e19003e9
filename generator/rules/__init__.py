"""cfn-lint rules for AWS Backup: ``cfn-lint --append-rules generator/rules -- TEMPLATE``.

cfn-lint loads each file in the folders here whose name starts with a letter as a top-level module,
also the files of ``_backup``, which the rules share. It does so in any order and from any working
directory. A file that imports ``_backup`` therefore first appends this directory to ``sys.path``,
at the end, where it hides nobody else's module.

The ids are 95xx. cfn-lint leaves 9xxx to other people's rules, and gives the ids from 9001 on to
the lines of a ``--custom-rules`` file.
"""
