package database

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
)

// environment is what a function finds, changed as the test says.
func environment(changes map[string]string) func(string) string {
	variables := map[string]string{
		"AWS_REGION":             "us-east-1",
		"AWS_ACCESS_KEY_ID":      "AKIDEXAMPLE",
		"AWS_SECRET_ACCESS_KEY":  "wJalrXUtnFEMI",
		"AWS_SESSION_TOKEN":      "session",
		"DATABASE_ENDPOINT":      "proxy.example.us-east-1.rds.amazonaws.com",
		"DATABASE_READ_ENDPOINT": "reader.example.us-east-1.rds.amazonaws.com",
		"DATABASE_NAME":          "todomgmt",
		"DATABASE_USER":          "todo_app",
	}
	maps.Copy(variables, changes)
	return func(name string) string { return variables[name] }
}

func TestReadConfig(t *testing.T) {
	got, err := ReadConfig(environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Region:    "us-east-1",
		ReadWrite: "proxy.example.us-east-1.rds.amazonaws.com:3306",
		ReadOnly:  "reader.example.us-east-1.rds.amazonaws.com:3306",
		Name:      "todomgmt", User: "todo_app",
		Credentials: got.Credentials,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	keys, err := got.Credentials.Retrieve(context.Background())
	if err != nil || keys.AccessKeyID != "AKIDEXAMPLE" || keys.SecretAccessKey != "wJalrXUtnFEMI" || keys.SessionToken != "session" {
		t.Errorf("got %v, %v, want the function's credentials", keys, err)
	}
	if got, err := ReadConfig(environment(map[string]string{"DATABASE_ENDPOINT": "127.0.0.1:13306"})); err != nil || got.ReadWrite != "127.0.0.1:13306" {
		t.Errorf("got %s, %v, want 127.0.0.1:13306", got.ReadWrite, err)
	}
}

func TestReadConfigFails(t *testing.T) {
	const host, identifier = "a host name, with or without a port from 1 to 65535", "1 to %d letters, digits and underscores, the first one a letter"
	for _, test := range []struct{ name, value, want string }{
		{"AWS_REGION", "", "is not set"},
		{"AWS_ACCESS_KEY_ID", "", "is not set"},
		{"AWS_SECRET_ACCESS_KEY", "", "is not set"},
		{"DATABASE_ENDPOINT", "", "is not set"},
		{"DATABASE_ENDPOINT", "proxy:", "must be " + host + `, got "proxy:"`},
		{"DATABASE_ENDPOINT", ":3306", "must be " + host + `, got ":3306"`},
		{"DATABASE_ENDPOINT", "proxy:0", "must be " + host + `, got "proxy:0"`},
		{"DATABASE_ENDPOINT", "proxy:65536", "must be " + host + `, got "proxy:65536"`},
		{"DATABASE_ENDPOINT", "proxy:mysql", "must be " + host + `, got "proxy:mysql"`},
		{"DATABASE_READ_ENDPOINT", "tcp(proxy)", "must be " + host + `, got "tcp(proxy)"`},
		{"DATABASE_NAME", "a`b", "must be " + fmt.Sprintf(identifier, 64) + ", got \"a`b\""},
		{"DATABASE_NAME", strings.Repeat("n", 65), "must be " + fmt.Sprintf(identifier, 64) + `, got "` + strings.Repeat("n", 65) + `"`},
		{"DATABASE_USER", "o'hara", "must be " + fmt.Sprintf(identifier, 32) + `, got "o'hara"`},
		{"DATABASE_USER", "1user", "must be " + fmt.Sprintf(identifier, 32) + `, got "1user"`},
		{"DATABASE_USER", strings.Repeat("u", 33), "must be " + fmt.Sprintf(identifier, 32) + `, got "` + strings.Repeat("u", 33) + `"`},
	} {
		_, err := ReadConfig(environment(map[string]string{test.name: test.value}))
		if want := "environment variable " + test.name + " " + test.want; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestReadConfigReportsEverything(t *testing.T) {
	_, err := ReadConfig(func(string) string { return "" })
	if got := len(strings.Split(err.Error(), "\n")); got != 7 {
		t.Errorf("got %d lines, want one for each of 7 variables: %v", got, err)
	}
}
