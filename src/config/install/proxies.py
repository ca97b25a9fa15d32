"""The reverse proxy in front of the web server and the event process: Caddy or nginx."""

from config.install.answers import Answers
from config.install.units import EVENTS_PORT, WEB_PORT

CADDY = """\
# Written by `citydesk install`. Caddy fetches and renews the certificate itself{own}.
http://{host} {{
	redir https://{{host}}{{uri}} 308
}}

{host} {{
{tls}	encode zstd gzip
	request_body {{
		max_size 20MB
	}}
	# Programs behind a proxy read X_Forwarded_For as X-Forwarded-For: nobody outside may say who is calling.
	# Caddy drops such names by itself from 2.11.4 on, nginx always did.
	request_header -X_Forwarded_For
	request_header -X_Forwarded_Proto
	request_header -X_Forwarded_Host
	request_header -X_Request_Id
	# Live news: one long answer to each open page.
	handle_path /events/* {{
		reverse_proxy 127.0.0.1:{events} {{
			flush_interval -1
		}}
	}}
	handle {{
		reverse_proxy 127.0.0.1:{web} {{
			# A web server that starts anew is waited for; nobody sees an error page for it.
			lb_try_duration 30s
			lb_try_interval 250ms
			header_up X-Forwarded-For {{remote_host}}
		}}
	}}
}}
"""

NGINX = """\
# Written by `citydesk install`. The certificate is yours or certbot's: docs/admin/install.md says how.
server {{
    listen 80;
    listen [::]:80;
    server_name {host};
    location /.well-known/acme-challenge/ {{ root /var/www/html; }}
    location / {{ return 301 https://$host$request_uri; }}
}}

server {{
    listen 443 ssl http2;
    listen [::]:443 ssl http2;
    server_name {host};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets off;
    client_max_body_size 20m;
    server_tokens off;
    underscores_in_headers off;

    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Request-Id $request_id;
    proxy_set_header Connection "";

    # Live news: one long answer to each open page.
    location /events/ {{
        proxy_pass http://127.0.0.1:{events}/;
        proxy_buffering off;
        proxy_read_timeout 1h;
    }}

    location / {{
        proxy_pass http://127.0.0.1:{web};
        proxy_read_timeout 60s;
    }}
}}
"""


def caddy(answers: Answers) -> str:
    """The site as Caddy reads it; with a certificate of the city's own where one is given."""
    tls = f"\ttls {answers.certificate} {answers.certificate_key}\n" if answers.certificate else ""
    own = ", unless `tls` names the city's own" if not tls else " where `tls` names none"
    return CADDY.format(host=answers.host, tls=tls, own=own, web=WEB_PORT, events=EVENTS_PORT)


def nginx(answers: Answers) -> str:
    """The site as nginx reads it; the certificate where certbot keeps it unless another is given."""
    kept = f"/etc/letsencrypt/live/{answers.host}"
    return NGINX.format(
        host=answers.host,
        certificate=answers.certificate or f"{kept}/fullchain.pem",
        key=answers.certificate_key or f"{kept}/privkey.pem",
        web=WEB_PORT,
        events=EVENTS_PORT,
    )
