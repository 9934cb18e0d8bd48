package runtimeapi

import (
	"maps"
	"path/filepath"
	"strconv"
	"time"
)

// version is the version that a function says it is. Published versions are the same code under another name.
const version = "$LATEST"

// environment is what an instance's process sees: the variables that Lambda defines, then the function's own, then where
// the Runtime API is.
func (f *Function) environment(api string) []string {
	env := map[string]string{
		"AWS_REGION":                      f.region,
		"AWS_DEFAULT_REGION":              f.region,
		"AWS_LAMBDA_FUNCTION_NAME":        f.name,
		"AWS_LAMBDA_FUNCTION_VERSION":     version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.options.MemoryMiB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      newLogStream(time.Now()),
		"LAMBDA_TASK_ROOT":                filepath.Dir(f.options.Binary),
		"_HANDLER":                        filepath.Base(f.options.Binary),
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ":                              ":UTC",
	}
	maps.Copy(env, f.options.Env)
	env["AWS_LAMBDA_RUNTIME_API"] = api
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	return list
}
