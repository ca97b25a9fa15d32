from citydesk.city.customers.models.cautions import Caution
from citydesk.city.customers.models.confidential import ConfidentialIdentity
from citydesk.city.customers.models.customers import ContactPoint, Customer
from citydesk.city.customers.models.duplicates import CustomerMerge, DuplicatePair

__all__ = ["Caution", "ConfidentialIdentity", "ContactPoint", "Customer", "CustomerMerge", "DuplicatePair"]
