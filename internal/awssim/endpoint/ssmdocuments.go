package endpoint

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// documentOperations are those of Systems Manager documents, which templates create. Of AWS's own documents only those that run
// scripts exist, and have no content.
func documentOperations() []operation {
	document := on(func(c *Call) string { return c.documentARN(c.Str("Name")) })
	return []operation{
		{name: "DescribeDocument", resources: document, do: describeDocument},
		{name: "GetDocument", resources: document, do: getDocument},
		{name: "ListDocuments", do: listDocuments},
	}
}

// The documents of AWS that run scripts.
const (
	runShellScript      = "AWS-RunShellScript"
	runPowerShellScript = "AWS-RunPowerShellScript"
)

// documentARN is the ARN of a document that is named by its name or ARN. AWS's own belong to no account.
func (c *Call) documentARN(id string) string {
	account := c.account()
	switch {
	case isARN(id):
		return id
	case id == runShellScript || id == runPowerShellScript:
		account = ""
	}
	return "arn:aws:ssm:" + c.Region + ":" + account + ":document/" + id
}

// findDocument is the document that the call names, and the version meant.
func findDocument(c *Call, name, version string) (d awssim.Document, content json.RawMessage, number int, err error) {
	d, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Document, bool) {
		for _, d := range r.Documents.All() {
			if d.Name == name || d.ARN == name {
				return d, true
			}
		}
		return awssim.Document{}, false
	})
	if !ok {
		return d, nil, 0, failure(http.StatusBadRequest, "InvalidDocument", "Document with name %s does not exist.", name)
	}
	content, number, ok = d.Content(version)
	if !ok {
		return d, nil, 0, failure(http.StatusBadRequest, "InvalidDocumentVersion", "The document version %s is not valid or does not exist.", version)
	}
	return d, content, number, nil
}

type documentOutput struct {
	Name            string
	CreatedDate     *stamp
	Status          string
	Owner           string
	DocumentVersion string
	DefaultVersion  string
	LatestVersion   string
	DocumentType    string
	DocumentFormat  string
	SchemaVersion   string
	Description     string              `json:",omitempty"`
	PlatformTypes   []string            `json:",omitempty"`
	Tags            []awssim.Tag        `json:",omitempty"`
	Parameters      []documentParameter `json:",omitempty"`
}

type documentParameter struct {
	Name         string
	Type         string
	Description  string `json:",omitempty"`
	DefaultValue string `json:",omitempty"`
}

func describeDocument(_ context.Context, c *Call) (any, error) {
	d, content, number, err := findDocument(c, c.Str("Name"), c.Str("DocumentVersion"))
	if err != nil {
		return nil, err
	}
	out, err := documentOutputOf(c, d, content, number)
	return struct{ Document documentOutput }{out}, err
}

func documentOutputOf(c *Call, d awssim.Document, content json.RawMessage, number int) (documentOutput, error) {
	var body struct {
		SchemaVersion string `json:"schemaVersion"`
		Description   string `json:"description"`
		Parameters    map[string]struct {
			Type        string `json:"type"`
			Description string `json:"description"`
			Default     any    `json:"default"`
		} `json:"parameters"`
	}
	if err := json.Unmarshal(content, &body); err != nil {
		return documentOutput{}, err
	}
	out := documentOutput{
		Name: d.Name, CreatedDate: stampOf(d.Created), Status: "Active", Owner: c.account(), DocumentVersion: strconv.Itoa(number),
		DefaultVersion: strconv.Itoa(d.Default), LatestVersion: strconv.Itoa(len(d.Versions)), DocumentType: d.Type,
		DocumentFormat: "JSON", SchemaVersion: body.SchemaVersion, Description: body.Description, Tags: d.Tags,
		PlatformTypes: []string{"Windows", "Linux", "MacOS"},
	}
	for name, p := range inOrder(body.Parameters) {
		shown := documentParameter{Name: name, Type: p.Type, Description: p.Description}
		if text, ok := p.Default.(string); ok || p.Default == nil {
			shown.DefaultValue = text
		} else {
			shown.DefaultValue = awssim.JSONText(p.Default)
		}
		out.Parameters = append(out.Parameters, shown)
	}
	return out, nil
}

func getDocument(_ context.Context, c *Call) (any, error) {
	d, content, number, err := findDocument(c, c.Str("Name"), c.Str("DocumentVersion"))
	if err != nil {
		return nil, err
	}
	return struct {
		Name, Content, DocumentVersion, Status, DocumentType, DocumentFormat string
		CreatedDate                                                          *stamp
	}{d.Name, string(content), strconv.Itoa(number), "Active", d.Type, "JSON", stampOf(d.Created)}, nil
}

func listDocuments(_ context.Context, c *Call) (any, error) {
	type identifier struct {
		Name, Owner, DocumentVersion, DocumentType, DocumentFormat string
	}
	identifiers := []identifier{}
	for _, d := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Document { return r.Documents.Values() }) {
		identifiers = append(identifiers, identifier{d.Name, c.account(), strconv.Itoa(d.Default), d.Type, "JSON"})
	}
	return struct{ DocumentIdentifiers []identifier }{identifiers}, nil
}
