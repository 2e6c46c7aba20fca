"""The two commands (`script/server`, `script/test`) and what they share. Standard library only.

Run from the root of the clone as `python -m script.<module>`: nothing here may need an installed package,
since this is what installs them.
"""
