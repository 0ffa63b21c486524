module regclient.example/vectors/gotime

go 1.24
