"""Image files: decoding them safely, checking them, and small pictures of them."""
