import { connect, type Socket } from 'node:net';
import { ScriptedServer } from './scripted';

/** Any name leads to 127.0.0.1: the lab has no DNS. */
function tunnel(client: Socket, port: number, ready: () => void): void {
	const upstream = connect({ host: '127.0.0.1', port }, ready);
	upstream.on('error', () => client.destroy());
	client.once('close', () => upstream.destroy());
	upstream.once('close', () => client.destroy());
	upstream.on('data', (chunk: Buffer) => client.write(chunk));
	client.on('data', (chunk: Buffer) => upstream.write(chunk));
}

/** HTTP proxy with CONNECT; with `credentials` (`user:pw`) it asks for Basic authentication. `ports` lead elsewhere. */
export async function startHttpProxy(
	credentials?: string,
	ports: Record<number, number> = {},
): Promise<ScriptedServer & { targets: string[] }> {
	const targets: string[] = [];
	const proxy = await ScriptedServer.start((client) => {
		client.once('data', (chunk: Buffer) => {
			const head = chunk.toString('latin1');
			const target = /^CONNECT ([^ ]+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? '';
			const given = /^Proxy-Authorization: Basic (\S+)\r$/im.exec(head)?.[1];
			if (credentials !== undefined && Buffer.from(given ?? '', 'base64').toString() !== credentials) {
				client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
				return;
			}
			targets.push(target);
			const port = Number(target.split(':').at(-1));
			tunnel(client, ports[port] ?? port, () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
		});
	});
	return Object.assign(proxy, { targets });
}

/** SOCKS5 proxy (RFC 1928) without authentication, for domain names and IPv4. */
export async function startSocksProxy(): Promise<ScriptedServer & { targets: string[] }> {
	const targets: string[] = [];
	const proxy = await ScriptedServer.start((client) => {
		client.once('data', () => {
			client.write(Buffer.from([5, 0]));
			client.once('data', (request: Buffer) => {
				const isName = request[3] === 3;
				const host = isName ? request.subarray(5, 5 + request[4]!).toString() : [...request.subarray(4, 8)].join('.');
				const port = request.readUInt16BE(request.length - 2);
				targets.push(`${host}:${port}`);
				tunnel(client, port, () => client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])));
			});
		});
	});
	return Object.assign(proxy, { targets });
}
