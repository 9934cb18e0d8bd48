package provision

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/automation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type documentProperties struct {
	Content        any
	DocumentFormat string
	DocumentType   string
	Name           string
	Tags           []awssim.Tag

	TargetType   properties.Ignored // it tells consoles what a document is for
	UpdateMethod properties.Ignored // a deployment only creates
	VersionName  properties.Ignored // nothing looks at it
}

// document creates an automation document.
func (c *call) document(p documentProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.Name, c.GeneratedName(128))
	if _, taken := c.region.Documents.Get(name); taken {
		return failf("Document with same name %s already exists", name)
	}
	if p.DocumentType != "Automation" {
		return failf("property DocumentType: only Automation is modelled, got %q", p.DocumentType)
	}
	content, err := documentContent(p)
	if err != nil {
		return failf("property Content: %w", err)
	}
	if err := automation.Check(content); err != nil {
		return failf("property Content: %w", err)
	}
	c.region.CreateDocument(awssim.Document{Name: name, Type: p.DocumentType, Versions: []json.RawMessage{content}, Default: 1, Tags: p.Tags})
	return physical(name, nil)
}

// documentContent is a document as JSON. It may be given as JSON in a text.
func documentContent(p documentProperties) (json.RawMessage, error) {
	if format := cmp.Or(p.DocumentFormat, "JSON"); format != "JSON" {
		return nil, fmt.Errorf("only the format JSON is modelled, got %s", format)
	}
	if text, ok := p.Content.(string); ok {
		if !json.Valid([]byte(text)) {
			return nil, fmt.Errorf("it must be JSON")
		}
		return json.RawMessage(text), nil
	}
	return json.Marshal(p.Content)
}
