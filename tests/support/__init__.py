"""What tests stand on: real services, real servers, real clients and the fixed cast."""
