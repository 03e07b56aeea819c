# By the access key. Its secret cannot be imported and stays null.
terraform import spaces_key.deploy DO00ABCDEFGHIJKLMNOP
