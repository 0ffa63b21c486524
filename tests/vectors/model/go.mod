module model

go 1.25.0

require (
	github.com/opencontainers/go-digest v1.0.0
	github.com/regclient/regclient v0.11.5
)

require (
	github.com/docker/libtrust v0.0.0-20160708172513-aabc10ec26b7 // indirect
	github.com/klauspost/compress v1.18.6 // indirect
	github.com/ulikunitz/xz v0.5.15 // indirect
	golang.org/x/sys v0.45.0 // indirect
)
