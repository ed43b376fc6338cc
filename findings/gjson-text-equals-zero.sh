#!/usr/bin/env bash
# gjson finds the number 0 where a query asks for a text
#
# Guess:   instances.#(kind=="dog") finds an instance whose kind is the text dog, and no other.
# Happens: a number is compared with the wanted text as a number, and a text that is none counts as 0. So kind 0 equals every
#          text, and #(kind!="dog") leaves it out.
# Matters: the conditions of KServe's inference graphs are paths of gjson. A row with 0 in a column of labels takes the route
#          of any label.
# Version: github.com/tidwall/gjson v1.18.0, the version of KServe's router; v1.20.2 does the same
# Seen:    kind 0 found by =="dog", not found by !="dog", not found by ==1
set -euo pipefail
folder=$(mktemp -d)
# Go makes its modules read-only.
trap 'chmod -R u+w "$folder" && rm -rf "$folder"' EXIT
cd "$folder"
export GOPATH="$folder/go" GOFLAGS=-mod=mod
cat >main.go <<'END'
package main

import (
	"fmt"
	"os"

	"github.com/tidwall/gjson"
)

const request = `{"instances": [{"kind": 0}]}`

func exists(path string) bool {
	return gjson.Get(request, path).Exists()
}

func main() {
	same := exists(`instances.#(kind=="dog")`) && !exists(`instances.#(kind!="dog")`) && !exists(`instances.#(kind==1)`)
	fmt.Printf("guess:     the kind dog is not in %s\n", request)
	fmt.Println("behaviour: 0 counts as every text")
	for _, path := range []string{`=="dog"`, `!="dog"`, `==1`} {
		fmt.Printf("seen:      instances.#(kind%s) exists: %v\n", path, exists("instances.#(kind"+path+")"))
	}
	if !same {
		os.Exit(1)
	}
}
END
for version in v1.18.0 v1.20.2; do
  rm -f go.mod go.sum
  go mod init finding 2>/dev/null
  go get "github.com/tidwall/gjson@$version" 2>/dev/null
  echo "gjson $version"
  go run main.go
done
