"""The fictional city, served."""

from api.served_city import client, empty_client, store_folder
from api.writable_city import officer, officer_folder

__all__ = ["client", "empty_client", "officer", "officer_folder", "store_folder"]
