"""Use-cases: one public function is one verb is one transaction. No Flask, no sockets, no use-case calls another."""
