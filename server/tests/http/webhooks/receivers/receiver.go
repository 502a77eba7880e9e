package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	secret, body, genuine := os.Getenv("SECRET"), os.Getenv("BODY"), false
	r := http.Request{Header: http.Header{}}
	for _, name := range []string{"id", "timestamp", "signature"} {
		r.Header.Set("webhook-"+name, os.Getenv(strings.ToUpper(name)))
	}
CODE
	if genuine {
		var message struct{ Type string }
		json.Unmarshal([]byte(body), &message)
		fmt.Println(message.Type)
	}
}
