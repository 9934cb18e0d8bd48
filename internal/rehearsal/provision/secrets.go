package provision

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type secretProperties struct {
	Description          string
	GenerateSecretString *generateProperties
	KmsKeyID             string
	Name                 string
	SecretString         string
	Tags                 []awssim.Tag
}

func (c *call) secret(p secretProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.Name, c.GeneratedName(512))
	if _, taken := c.region.Secrets.Get(name); taken {
		return failf("The operation failed because the secret %s already exists.", name)
	}
	value := p.SecretString
	if p.GenerateSecretString != nil {
		if value != "" {
			return failf("You can't specify both GenerateSecretString and SecretString")
		}
		var err error
		if value, err = p.GenerateSecretString.generate(c.random); err != nil {
			return failf("property GenerateSecretString: %w", err)
		}
	}
	s := c.region.PutSecret(awssim.Secret{Name: name, Description: p.Description, KMSKeyID: p.KmsKeyID, Value: value, Tags: p.Tags})
	return physical(s.ARN, attributes{"Id": s.ARN})
}

type generateProperties struct {
	ExcludeCharacters       string
	ExcludeLowercase        properties.Bool
	ExcludeNumbers          properties.Bool
	ExcludePunctuation      properties.Bool
	ExcludeUppercase        properties.Bool
	GenerateStringKey       string
	IncludeSpace            properties.Bool
	PasswordLength          *properties.Int
	RequireEachIncludedType *properties.Bool
	SecretStringTemplate    string
}

// generate makes up a secret. See GetRandomPassword in the Secrets Manager API reference, and GenerateSecretString in the
// CloudFormation template reference: with a template, the password becomes a value of the template's object.
func (g *generateProperties) generate(random *rand.Rand) (string, error) {
	password, err := g.password(random)
	if err != nil || g.SecretStringTemplate == "" && g.GenerateStringKey == "" {
		return password, err
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(g.SecretStringTemplate), &object); err != nil || object == nil || g.GenerateStringKey == "" {
		return "", fmt.Errorf("SecretStringTemplate must be a JSON object, and GenerateStringKey must be given with it")
	}
	object[g.GenerateStringKey] = password
	return encode(object)
}

// password draws a password, with at least one character of each type that is included.
func (g *generateProperties) password(random *rand.Rand) (string, error) {
	var types []string
	all := ""
	for _, t := range []struct {
		characters string
		excluded   properties.Bool
	}{
		{"abcdefghijklmnopqrstuvwxyz", g.ExcludeLowercase},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZ", g.ExcludeUppercase},
		{"0123456789", g.ExcludeNumbers},
		{"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", g.ExcludePunctuation},
		{" ", !g.IncludeSpace},
	} {
		left := strings.Map(func(r rune) rune {
			if strings.ContainsRune(g.ExcludeCharacters, r) {
				return -1
			}
			return r
		}, t.characters)
		if !t.excluded && left != "" {
			types, all = append(types, left), all+left
		}
	}
	length := valueOr(g.PasswordLength, 32)
	var password []byte
	if g.RequireEachIncludedType == nil || bool(*g.RequireEachIncludedType) {
		for _, characters := range types {
			password = append(password, draw(random, 1, characters)...)
		}
	}
	if all == "" || len(password) > length {
		return "", fmt.Errorf("no password of %d characters can be made of %d types of characters", length, len(types))
	}
	password = append(password, draw(random, length-len(password), all)...)
	random.Shuffle(len(password), func(i, j int) { password[i], password[j] = password[j], password[i] })
	return string(password), nil
}

// encode is an object as JSON.
func encode(object map[string]any) (string, error) {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(object)
	return strings.TrimSuffix(text.String(), "\n"), err
}

type attachmentProperties struct {
	SecretID   string
	TargetID   string
	TargetType string
}

// attachSecret adds to a secret how to connect to a cluster. See the page of AWS::SecretsManager::SecretTargetAttachment in the
// CloudFormation template reference, and "JSON structure of Secrets Manager database secrets" in the Secrets Manager guide.
func (c *call) attachSecret(p attachmentProperties) (cloudformation.Physical, error) {
	if p.TargetType != "AWS::RDS::DBCluster" {
		return failf("property TargetType: only AWS::RDS::DBCluster is modelled, got %q", p.TargetType)
	}
	s, ok := c.region.FindSecret(p.SecretID)
	if !ok {
		return failf("Secrets Manager can't find the secret %s", p.SecretID)
	}
	cluster, ok := c.region.DBClusters.Get(strings.ToLower(p.TargetID))
	if !ok {
		return failf("DBCluster %s not found", p.TargetID)
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(s.Value), &object); err != nil || object == nil {
		return failf("the secret %s is no JSON object", s.Name)
	}
	object["engine"] = "mysql"
	object["host"] = cluster.Endpoint
	object["port"] = cluster.Port
	object["dbClusterIdentifier"] = cluster.Identifier
	if cluster.DatabaseName != "" {
		object["dbname"] = cluster.DatabaseName
	}
	value, err := encode(object)
	if err != nil {
		return failf("the secret %s: %w", s.Name, err)
	}
	s.Value = value
	c.region.PutSecret(s)
	return physical(s.ARN, nil)
}
