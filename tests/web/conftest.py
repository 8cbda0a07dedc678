"""The fictional city, served."""

from api.served_city import client, empty_client, store_folder

__all__ = ["client", "empty_client", "store_folder"]
