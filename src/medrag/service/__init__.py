"""The HTTP service and its review page; needs `pip install 'medrag[serve]'`.

`medrag.service.app.create_app` makes the ASGI application, `medrag.service.settings` holds what
it is made of. Nothing is imported here, so that the command line can make tokens without the
extra.
"""
