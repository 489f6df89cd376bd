package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const nginxConfig = `daemon off; worker_processes 1; pid %[1]s/pid; error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off; client_max_body_size 64m; client_body_buffer_size 2m;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  keepalive_requests 1000000;
  upstream cloud { server %[2]s; keepalive 2048; keepalive_requests 1000000; }
  server {
    listen %[3]s;
    location / { proxy_pass http://cloud; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`

// startNginx starts nginx as a plain proxy where it is installed; it returns nil
// where it is not.
func startNginx(ctx context.Context, cloud, dir string) (*process, error) {
	path, err := exec.LookPath("nginx")
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // a machine without nginx is measured without it
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(nginxConfig, dir, strings.TrimPrefix(cloud, "http://"), address)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	argv := []string{path, "-p", dir, "-c", file}
	if core := targetCore(); core != "" {
		argv = append([]string{"taskset", "-c", core}, argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start nginx: %w", err)
	}
	p := &process{name: "nginx", url: "http://" + address, cmd: cmd, in: in}
	p.path = func(kind string) (string, string) { return "/" + kind + "/v1/chat/completions", kind }
	for range 100 {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = c.Close()
			return p, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("nginx does not listen on %s", address)
}
