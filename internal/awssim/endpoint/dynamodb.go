package endpoint

func dynamoDB() *service {
	return &service{name: "dynamodb", protocols: []protocol{jsonRPC{version: "1.0"}}}
}
