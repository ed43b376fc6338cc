#!/usr/bin/env bash
# gjson finds the number 0 where a query asks for a text
#
# Guess:   instances.#(kind=="dog") finds an instance whose kind is the text dog, and no other; instances.#(age>60)# exists if
#          an instance has such an age.
# Happens: a number is compared with the wanted text as a number, and a text that is none counts as 0. So kind 0 equals every
#          text, and #(kind!="dog") leaves it out. The form with # at its end is a list, which exists even if it is empty.
# Matters: conditions of KServe's inference graphs ask whether a path of gjson exists. A row with 0 in a column of labels takes
#          the route of any label, and a condition that ends in )# takes every request with instances.
# Version: github.com/tidwall/gjson v1.18.0, the version of KServe's router; v1.20.2 does the same
# Seen:    kind 0 found by =="dog", not found by !="dog", not found by ==1; #(age>60)# exists as [] without such an age
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

const request = `{"instances": [{"kind": 0, "age": 20}]}`

func exists(path string) bool {
	return gjson.Get(request, path).Exists()
}

func main() {
	same := exists(`instances.#(kind=="dog")`) && !exists(`instances.#(kind!="dog")`) && !exists(`instances.#(kind==1)`)
	list := gjson.Get(request, `instances.#(age>60)#`)
	same = same && list.Exists() && list.Raw == "[]" && !exists(`instances.#(age>60)`)
	fmt.Printf("guess:     neither the kind dog nor an age beyond 60 exists in %s\n", request)
	fmt.Println("behaviour: 0 counts as every text, and a list of nothing exists")
	for _, path := range []string{`=="dog"`, `!="dog"`, `==1`} {
		fmt.Printf("seen:      instances.#(kind%s) exists: %v\n", path, exists("instances.#(kind"+path+")"))
	}
	fmt.Printf("           instances.#(age>60)# exists: %v, as %s\n", list.Exists(), list.Raw)
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
