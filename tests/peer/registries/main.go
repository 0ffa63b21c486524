// Serves registries that others wrote as libraries, with the referrers API, for the peer tests. They keep everything in memory.
//
//	go-registries ggcr 127.0.0.1:5000
//	go-registries cue 127.0.0.1:5000
package main

import (
	"log"
	"net/http"
	"os"

	"cuelabs.dev/go/oci/ociregistry/ocimem"
	"cuelabs.dev/go/oci/ociregistry/ociserver"
	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go-registries ggcr|cue ADDRESS")
	}
	handlers := map[string]http.Handler{
		"ggcr": registry.New(registry.WithReferrersSupport(true)),
		"cue":  ociserver.New(ocimem.New(), nil),
	}
	handler, known := handlers[os.Args[1]]
	if !known {
		log.Fatalf("no registry is called %q", os.Args[1])
	}
	log.Fatal(http.ListenAndServe(os.Args[2], handler))
}
