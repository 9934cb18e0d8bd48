package codepipeline

import "fmt"

// Error is why an operation is refused, as the API reference has it.
type Error struct {
	// Code is the exception's name.
	Code string

	// Message says what is wrong.
	Message string
}

// Error is the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// refuse returns an Error with a formatted message.
func refuse(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// invalid is a refusal of an input that no pipeline could take.
func invalid(format string, args ...any) *Error {
	return refuse("ValidationException", format, args...)
}
