#!/bin/bash
# Makes the certificates of the three EventStoreDB nodes, once, in the container of the service `certificates`.
# Each folder below /made is a volume of its own: a node gets its own key and nobody else's, the apps only ca/ca.crt.
set -euo pipefail
made=${1:-/made}
umask 077
cd "$made"
# The number of the nodes' own user in the vendor's image.
node_user=1000:1000

if ! [ -s ca/ca.crt ] || ! [ -s ca-key/ca.key ]; then
  rm -rf fresh && mkdir fresh
  es-gencert-cli create-ca -out fresh/ca
  # What an earlier authority has signed is worth nothing under a new one.
  rm -f node-[123]/node.crt node-[123]/node.key
  cp fresh/ca/ca.key ca-key/ca.key
  cp fresh/ca/ca.crt ca/ca.crt
fi
for node in 1 2 3; do
  if ! [ -s "node-$node/node.crt" ]; then
    rm -rf fresh && mkdir fresh
    es-gencert-cli create-node -ca-certificate ca/ca.crt -ca-key ca-key/ca.key -out fresh/node \
      -dns-names "localhost,eventstore-$node" -ip-addresses "127.0.0.1,172.30.240.1$node"
    cp fresh/node/node.key "node-$node/node.key"
    cp fresh/node/node.crt "node-$node/node.crt"
  fi
  chown -R "$node_user" "node-$node"
  chmod 0500 "node-$node"
  chmod 0400 "node-$node/node.crt" "node-$node/node.key"
done
rm -rf fresh
chmod 0755 ca && chmod 0444 ca/ca.crt
chmod 0700 ca-key && chmod 0400 ca-key/ca.key
