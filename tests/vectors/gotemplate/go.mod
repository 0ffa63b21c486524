module regclient.example/vectors/gotemplate

go 1.24
