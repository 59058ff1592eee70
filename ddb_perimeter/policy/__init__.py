"""What policy documents allow: parsing, the request space, proofs and a plain evaluator."""
