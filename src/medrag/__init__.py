"""medrag."""
