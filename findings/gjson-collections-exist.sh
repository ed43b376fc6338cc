#!/usr/bin/env bash
# gjson finds a value in every document where a path collects
#
# Guess:   instances.#(age>60)# exists if an instance has such an age, and { .input.userId == 1 } if the user is 1.
# Happens: both are collections, a list of the matches and an object of the paths between the braces, and they exist even if
#          nothing is in them. { .input.userId == 1 } is the path ".input.userId == 1", whose keys no document has.
# Matters: a condition of KServe's inference graphs matches if its path exists. One that ends in )#, or has #. in it, takes
#          every request with such a list, and one in braces takes every request at all: the description of InferenceRouter in
#          KServe's API has { .input.userId == 1 } as its example.
# Version: github.com/tidwall/gjson v1.18.0, the version of KServe's router; v1.20.2 does the same
# Seen:    #(age>60)# and #.never exist as [], { .input.userId == 1 } exists as {}; #(age>60) does not exist
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

const request = `{"instances": [{"age": 20}], "input": {"userId": 2}}`

func main() {
	same := !gjson.Get(request, `instances.#(age>60)`).Exists()
	fmt.Printf("guess:     none of these paths exists in %s\n", request)
	fmt.Println("behaviour: those that collect exist, without anything in them")
	for path, empty := range map[string]string{
		`instances.#(age>60)#`:     "[]",
		`instances.#.never`:        "[]",
		`{ .input.userId == 1 }`:   "{}",
	} {
		found := gjson.Get(request, path)
		fmt.Printf("seen:      %s exists: %v, as %s\n", path, found.Exists(), found.Raw)
		same = same && found.Exists() && found.Raw == empty
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
