// Checks a log that export.ts wrote with golang.org/x/mod/sumdb, the Go checksum database's own note and tlog packages:
//
//	node test/ledger/tree-foreign/export.ts FOLDER
//	go run test/ledger/tree-foreign/main.go FOLDER
//
// On Debian: golang-go and golang-golang-x-mod-dev, with GO111MODULE=off GOPATH=/usr/share/gocode.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type export struct {
	Vkey  string
	Trees []struct {
		Size     int64
		Note     string
		Included []struct {
			Index int64
			Entry string
			Path  []string
		}
		Consistent []struct {
			Old  int64
			Path []string
		}
	}
}

// tiles reads C2SP paths; the checksum database's own differ by the tile height in front.
type tiles struct{ folder string }

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := filepath.Join(t.folder, "tile", strings.TrimPrefix(tile.Path(), "tile/8/"))
		hashes, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found = append(found, hashes)
	}
	return found, nil
}

func must(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func hash(text string) tlog.Hash {
	parsed, err := tlog.ParseHash(text)
	must(err)
	return parsed
}

func path(lines []string) (hashes []tlog.Hash) {
	for _, line := range lines {
		hashes = append(hashes, hash(line))
	}
	return hashes
}

func main() {
	folder := os.Args[1]
	raw, err := os.ReadFile(filepath.Join(folder, "log.json"))
	must(err)
	var log export
	must(json.Unmarshal(raw, &log))
	verifier, err := note.NewVerifier(log.Vkey)
	must(err)
	roots := map[int64]tlog.Hash{}
	proofs := 0
	for _, tree := range log.Trees {
		opened, err := note.Open([]byte(tree.Note), note.VerifierList(verifier))
		must(err)
		lines := strings.Split(opened.Text, "\n")
		root := hash(lines[2])
		roots[tree.Size] = root
		// Reading through TileHashReader checks every tile against the signed root.
		reader := tlog.TileHashReader(tlog.Tree{N: tree.Size, Hash: root}, tiles{folder})
		var leaves []int64
		for index := int64(0); index < tree.Size; index++ {
			leaves = append(leaves, tlog.StoredHashIndex(0, index))
		}
		_, err = reader.ReadHashes(leaves)
		must(err)
		for _, one := range tree.Included {
			entry, err := base64.StdEncoding.DecodeString(one.Entry)
			must(err)
			must(tlog.CheckRecord(path(one.Path), tree.Size, root, one.Index, tlog.RecordHash(entry)))
			proofs++
		}
		for _, one := range tree.Consistent {
			must(tlog.CheckTree(path(one.Path), tree.Size, root, one.Old, roots[one.Old]))
			proofs++
		}
	}
	fmt.Println(len(log.Trees), "checkpoints,", proofs, "proofs and all their tiles verified")
}
