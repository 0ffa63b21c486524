// Command model asks Go's regclient library what it makes of references, platforms, manifests and image configs.
//
// It reads cases as JSON from standard input and writes them, each with its output or the fact that it failed, to standard
// output. Documents travel as base64, for some are not UTF-8.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/opencontainers/go-digest"
	"github.com/regclient/regclient/types/blob"
	"github.com/regclient/regclient/types/descriptor"
	"github.com/regclient/regclient/types/manifest"
	"github.com/regclient/regclient/types/mediatype"
	v1 "github.com/regclient/regclient/types/oci/v1"
	"github.com/regclient/regclient/types/platform"
	"github.com/regclient/regclient/types/ref"
	"github.com/regclient/regclient/types/referrer"
)

type testCase struct {
	Name      string          `json:"name,omitempty"`
	Op        string          `json:"op"`
	Texts     []string        `json:"texts,omitempty"`
	MediaType string          `json:"mediaType,omitempty"`
	Document  []byte          `json:"document,omitempty"`
	Arg       json.RawMessage `json:"arg,omitempty"`
	Output    any             `json:"output"`
	Failed    bool            `json:"failed,omitempty"`
}

type vectors struct {
	Regclient string     `json:"regclient"`
	Cases     []testCase `json:"cases"`
}

var operations = map[string]func(testCase) (any, error){
	"reference":  parseReference,
	"host":       parseHost,
	"toregistry": toRegistry,
	"fallback":   fallbackTag,
	"mediatype":  func(c testCase) (any, error) { return mediatype.Valid(c.Texts[0]), nil },
	"base":       func(c testCase) (any, error) { return mediatype.Base(c.Texts[0]), nil },
	"platform":   parsePlatform,
	"compare":    comparePlatforms,
	"same":       compareDescriptors,
	"filter":     filterDescriptors,
	"parse":      parseManifest,
	"annotate":   annotate,
	"subject":    setSubject,
	"layers":     setLayers,
	"manifests":  setManifests,
	"config":     setConfig,
}

func main() {
	var found vectors
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "github.com/regclient/regclient" {
				found.Regclient = dep.Version
			}
		}
	}
	if err := json.NewDecoder(os.Stdin).Decode(&found.Cases); err != nil {
		panic(err)
	}
	for i, c := range found.Cases {
		output, err := operations[c.Op](c)
		found.Cases[i].Failed = err != nil
		if err == nil {
			found.Cases[i].Output = output
		}
	}
	fmt.Printf("{\"regclient\": %q, \"cases\": [\n", found.Regclient)
	for i, c := range found.Cases {
		line, err := json.Marshal(c)
		if err != nil {
			panic(err)
		}
		comma := ","
		if i == len(found.Cases)-1 {
			comma = ""
		}
		fmt.Printf("%s%s\n", line, comma)
	}
	fmt.Println("]}")
}

func parseReference(c testCase) (any, error) {
	r, err := ref.New(c.Texts[0])
	return []any{r.Scheme, r.Registry, r.Repository, r.Tag, r.Digest, r.Path, r.CommonName(), r.IsSet(), r.IsSetRepo()}, err
}

func parseHost(c testCase) (any, error) {
	r, err := ref.NewHost(c.Texts[0])
	return []any{r.Scheme, r.Registry, r.Path}, err
}

func toRegistry(c testCase) (any, error) {
	r, err := ref.New(c.Texts[0])
	return r.ToReg().CommonName(), err
}

func fallbackTag(c testCase) (any, error) {
	r, err := ref.New(c.Texts[0])
	if err != nil {
		return nil, err
	}
	r, err = referrer.FallbackTag(r)
	return r.Tag, err
}

func parsePlatform(c testCase) (any, error) {
	p, err := platform.Parse(c.Texts[0])
	return []string{p.OS, p.Architecture, p.Variant, p.OSVersion, p.String()}, err
}

// comparePlatforms asks one host about every platform, and about every pair of them; the answers are ones and zeros.
func comparePlatforms(c testCase) (any, error) {
	var p []platform.Platform
	if err := json.Unmarshal(c.Arg, &p); err != nil {
		return nil, err
	}
	var match, compatible, better strings.Builder
	compare := platform.NewCompare(p[0])
	for _, x := range p {
		mark(&match, platform.Match(p[0], x))
		mark(&compatible, platform.Compatible(p[0], x))
		for _, previous := range p {
			mark(&better, compare.Better(x, previous))
		}
	}
	return []string{match.String(), compatible.String(), better.String()}, nil
}

func mark(text *strings.Builder, yes bool) {
	if yes {
		text.WriteByte('1')
	} else {
		text.WriteByte('0')
	}
}

func compareDescriptors(c testCase) (any, error) {
	var d []descriptor.Descriptor
	if err := json.Unmarshal(c.Arg, &d); err != nil {
		return nil, err
	}
	return []bool{d[0].Same(d[1]), d[0].Equal(d[1])}, nil
}

func filterDescriptors(c testCase) (any, error) {
	var arg struct {
		Entries  []descriptor.Descriptor
		Platform *platform.Platform
		Type     string
		Notes    map[string]string
		Sort     string
		Desc     bool
	}
	if err := json.Unmarshal(c.Arg, &arg); err != nil {
		return nil, err
	}
	opt := descriptor.MatchOpt{
		Platform: arg.Platform, ArtifactType: arg.Type, Annotations: arg.Notes, SortAnnotation: arg.Sort, SortDesc: arg.Desc,
	}
	kept := []int64{}
	for _, d := range descriptor.DescriptorListFilter(arg.Entries, opt) {
		kept = append(kept, d.Size)
	}
	best, err := descriptor.DescriptorListSearch(arg.Entries, opt)
	if err != nil {
		best.Size = -1
	}
	return []any{kept, best.Size}, nil
}

func open(c testCase) (manifest.Manifest, error) {
	opts := []manifest.Opts{manifest.WithRaw(c.Document)}
	if c.MediaType != "" {
		opts = append(opts, manifest.WithDesc(descriptor.Descriptor{MediaType: c.MediaType}))
	}
	return manifest.New(opts...)
}

func parseManifest(c testCase) (any, error) {
	m, err := open(c)
	if err != nil {
		return nil, err
	}
	d := m.GetDescriptor()
	return []any{d.MediaType, d.Digest, d.Size}, nil
}

// written returns the bytes of a manifest that was changed, once it is certain that the digest is that of the bytes.
func written(m manifest.Manifest, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	raw, err := m.RawBody()
	if err == nil && digest.FromBytes(raw) != m.GetDescriptor().Digest {
		panic("digest of other bytes")
	}
	return raw, err
}

func annotate(c testCase) (any, error) {
	m, err := open(c)
	if err != nil {
		return nil, err
	}
	a, ok := m.(manifest.Annotator)
	if !ok {
		return nil, fmt.Errorf("no annotations")
	}
	return written(m, a.SetAnnotation(c.Texts[0], c.Texts[1]))
}

func setSubject(c testCase) (any, error) {
	m, err := open(c)
	if err != nil {
		return nil, err
	}
	s, ok := m.(manifest.Subjecter)
	if !ok {
		return nil, fmt.Errorf("no subject")
	}
	var d *descriptor.Descriptor
	if err := json.Unmarshal(c.Arg, &d); err != nil {
		return nil, err
	}
	return written(m, s.SetSubject(d))
}

func setLayers(c testCase) (any, error) {
	m, err := open(c)
	if err != nil {
		return nil, err
	}
	i, ok := m.(manifest.Imager)
	if !ok {
		return nil, fmt.Errorf("no layers")
	}
	d := []descriptor.Descriptor{}
	if err := json.Unmarshal(c.Arg, &d); err != nil {
		return nil, err
	}
	return written(m, i.SetLayers(d))
}

func setManifests(c testCase) (any, error) {
	m, err := open(c)
	if err != nil {
		return nil, err
	}
	i, ok := m.(manifest.Indexer)
	if !ok {
		return nil, fmt.Errorf("no manifests")
	}
	d := []descriptor.Descriptor{}
	if err := json.Unmarshal(c.Arg, &d); err != nil {
		return nil, err
	}
	return written(m, i.SetManifestList(d))
}

func setConfig(c testCase) (any, error) {
	var image v1.Image
	if err := json.Unmarshal(c.Document, &image); err != nil {
		return nil, err
	}
	if c.Texts[0] != "" {
		if image.Config.Labels == nil {
			image.Config.Labels = map[string]string{}
		}
		if c.Texts[1] == "" {
			delete(image.Config.Labels, c.Texts[0])
		} else {
			image.Config.Labels[c.Texts[0]] = c.Texts[1]
		}
	} else {
		image.Author = c.Texts[1]
	}
	oc := blob.NewOCIConfig(blob.WithDesc(descriptor.Descriptor{MediaType: c.MediaType}))
	oc.SetConfig(image)
	return oc.RawBody()
}
