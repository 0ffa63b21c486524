"""What the recorder asks Go's regctl, and the tests ask our views: templates for each noun of samples.py."""

from __future__ import annotations

from tests.vectors.goview.samples import REFERENCES, nouns

MANIFEST = """
{{json .}}|{{jsonPretty .}}|{{printPretty .}}|{{.GetDescriptor}}|{{json .GetDescriptor}}|{{printPretty .GetDescriptor}}
{{.Config}}|{{json .Config}}|{{.Config.Size}} {{.Config.URLs}} {{.Config.Data}} {{.Config.Platform}}|{{printf "%+v" .Config}}
{{.Layers}}|{{json .Layers}}|{{len .Layers}}|{{range .Layers}}{{.Digest}} {{end}}|{{.Annotations}}|{{json .Annotations}}
{{range $k, $v := .Annotations}}{{$k}}={{$v}};{{end}}|{{index .Annotations "i"}}|{{index .Annotations "nope"}}
{{.Subject}}|{{json .Subject}}|{{with .Subject}}{{.Size}}{{end}}|{{.Subject.Digest}}|{{not .Subject}}|{{.SchemaVersion}}
{{.MediaType}} {{.ArtifactType}}|{{.Versioned}}|{{default "x" .MediaType}}|{{.GetRef}}|{{json .GetRef}}|{{.GetRef.CommonName}}
{{(.GetRef.SetTag "v").CommonName}}|{{.GetRateLimit}}|{{json .GetRateLimit}}|{{.HasRateLimit}}|{{.IsList}} {{.IsSet}}
{{printf "%s" .RawBody}}|{{.RawHeaders}}|{{.RawHeaders.Get "x"}}|{{.GetConfig}}|{{.GetConfigDigest}}|{{.GetLayers}}
{{.GetManifestList}}|{{.GetPlatformList}}|{{range .GetPlatformList}}{{.}},{{end}}|{{.GetAnnotations}}|{{.GetSize}}
{{.GetDigest.Algorithm}} {{.GetDigest.Hex}} {{.GetDigest.Encoded}} {{.GetDigest.Validate}}|{{.GetDigest}} {{json .GetDigest}}
{{printf "%T %T %T" . .GetRef .GetRateLimit}}|{{printf "%T %T %T %T" .Config .Layers .Config.Size .Config.Digest}}|{{.Nope}}
{{.Manifests}}|{{range .Manifests}}{{.Platform}} {{json .Platform}}{{end}}|{{(index .Manifests 2).Platform.OSFeatures}}
{{printf "%T" (index .Manifests 2).Platform}}|{{.FSLayers}}|{{.History}}|{{.Blobs}}|{{.Name}}{{.Tag}}{{.Architecture}}
{{printf "%s" .MarshalPretty}}|{{printf "%s" .MarshalJSON}}|{{.GetMediaType}}|{{.Config.DigestAlgo}}|{{.Config.GetData}}
{{.Config.Same .Config}}
"""
CONFIG = """
{{.}}|{{json .}}|{{jsonPretty .}}|{{printPretty .}}|{{.Created}} {{printf "%T" .Created}}|{{.Created.Format "2006"}}
{{.Platform}}|{{json .Platform}}|{{.OS}}/{{.Architecture}}/{{.Variant}}|{{.OSFeatures}} {{.Features}} {{.OSVersion}}
{{json .Config}}|{{.Config.ExposedPorts}} {{printf "%T" .Config.ExposedPorts}}
{{range $p, $_ := .Config.ExposedPorts}}{{$p}} {{end}}
{{.Config.StopTimeout}}|{{if .Config.StopTimeout}}t{{end}}|{{.Config.Healthcheck}}|{{.Config.Healthcheck.Interval}}
{{json .Config.Healthcheck}}|{{.RootFS}} {{json .RootFS}}|{{.RootFS.Type}}|{{range .RootFS.DiffIDs}}{{.Algorithm}}{{end}}
{{.History}}|{{json .History}}|{{range .History}}{{.Created}}~{{.CreatedBy}}~{{.EmptyLayer}};{{end}}
{{(index .History 0).Created}}
{{.GetConfig}}|{{json .GetConfig}}|{{.GetConfig.Platform}}|{{.GetDescriptor}}|{{.Digest}} {{.Length}} {{.MediaType}}
{{.Response}}
{{.RawHeaders}}|{{printf "%T %T" . .GetConfig}}|{{.Config.Labels}} {{.Config.Env}}|{{index .Config.Labels "a"}}
{{json .Config.Labels}} {{json .Config.OnBuild}}|{{.Image}}|{{printf "%T %T %T %T" .History .RootFS .Config .RootFS.DiffIDs}}
{{.GetHeaders}}|{{.String}}|{{.Author}}|{{printf "%s" .RawBody}}|{{.Config.User}} {{.Config.WorkingDir}} {{.Config.Volumes}}
{{json .Created}}|{{.Config.Cmd}} {{.Config.Shell}} {{.Config.ArgsEscaped}}
"""
TAGS = """
{{json .}}|{{printPretty .}}|{{.Name}} {{.Tags}}|{{.Children}}|{{.Manifests}}|{{.Index.SchemaVersion}}|{{.GetTags}}
{{json .Tags}}
{{printf "%T %T %T %T" . .Index .Tags .Manifests}}|{{printf "%s" .RawBody}}|{{.RawHeaders}}|{{.GetURL}}|{{json .GetOrig}}
{{(index .Index.Manifests 0).Annotations}}|{{range .Tags}}{{.}} {{end}}|{{json .Index}}|{{.Nope}}
"""
REFERRERS = """
{{json .}}|{{jsonPretty .}}|{{printPretty .}}|{{.Subject}} {{.Source}}|{{.Subject.CommonName}} [{{.Source.CommonName}}]
{{.Descriptors}}|{{json .Descriptors}}|{{.Annotations}}|{{.Tags}}|{{.IsEmpty}}|{{printf "%T %T %T" . .Subject .Descriptors}}
{{with .Manifest}}{{.GetDigest}}{{printPretty .}}{{json .}}{{end}}
"""
TREE = """
{{json .}}|{{jsonPretty .}}|{{printPretty .}}|{{.Ref}}|{{printf "%T %T %T" . .Child .Referrer}}|{{.ReferrerSrc}}
{{.Platform}} {{.ArtifactType}}|{{printf "%s" .MarshalPretty}}
{{range .Child}}{{.Ref.Digest}} {{.Platform}}{{range .Referrer}}{{.ArtifactType}}{{end}}{{end}}
"""
REFERENCE = """
{{.}}|{{json .}}|{{printPretty .}}|{{.CommonName}} {{.IsSet}} {{.IsSetRepo}} {{.IsZero}}|{{.SetTag "x"}}
{{(.SetDigest "d").CommonName}}
{{(.AddDigest "d").CommonName}}|{{.ToReg.CommonName}}|{{printf "%T %+v" . .}}|{{.String}}|{{.Scheme}} {{.Tag}} {{.Path}}
"""
BLOB = """
{{json .}}|{{printPretty .}}|{{.GetDescriptor}}|{{.Digest}} {{.Length}} {{.MediaType}}|{{printf "%T" .}}|{{.Response}}
{{.RawHeaders}}
"""
DIGEST = '{{.}}|{{json .}}|{{printPretty .}}|{{.Algorithm}} {{.Encoded}}|{{printf "%T" .}}'


def cases() -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Return for each noun its name, the command that makes Go's program show it, and the templates."""
    found: list[tuple[str, tuple[str, ...], str]] = []
    for name in nouns():
        kind, _, tag = name.partition(" ")
        reference = f"ocidir://lay:{tag}"
        match kind:
            case "manifest" if not tag.startswith("sha256"):
                found.append((name, ("manifest", "get", reference), MANIFEST))
            case "head" if not tag.startswith("sha256"):
                found.append((name, ("manifest", "head", reference), MANIFEST))
            case "inspect":
                found.append((name, ("image", "inspect", reference), CONFIG))
    by_digest = [(name, noun) for name, noun in nouns().items() if name.partition(" ")[0] in {"blob", "referrers"}]
    for name, noun in by_digest:
        if name.startswith("blob"):
            found.append((name, ("blob", "head", "ocidir://lay", str(getattr(noun, "digest", ""))), BLOB))
        else:
            found.append((name, ("artifact", "list", str(getattr(noun, "subject", ""))), REFERRERS))
    found.append(("tags", ("tag", "ls", "ocidir://lay"), TAGS))
    found.append(("tree", ("artifact", "tree", "ocidir://lay:idx"), TREE))
    found += [(f"ref {text}", ("ref", text), REFERENCE) for text in REFERENCES]
    found.append(("digest", ("digest",), DIGEST))
    return [(name, command, split(templates)) for name, command, templates in found]


def split(templates: str) -> list[str]:
    """Take a table of templates apart."""
    return [item for item in templates.replace("\n", "|").split("|") if item]
