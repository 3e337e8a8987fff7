import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, type LabCertificate } from './certificates';
import { dropIntoMaildir } from './maildir';
import { packageLibraries, packageRoot } from './packages';
import type { Delivery, RealImap } from './realImap';
import { freePorts, ServerProcess } from './serverProcess';

const NOBODY = 65_534;

/** A real imap4d of GNU Mailutils on loopback, in one temporary folder that goes with it. */
export class Imap4d implements RealImap {
	readonly host = '127.0.0.1';
	readonly user = 'analyst@lab.example';
	readonly password = 'secret';
	readonly prefix = '';
	readonly separator = '/';
	readonly port: number;
	readonly tlsPort: number;
	readonly #home: string;
	readonly #certificate: LabCertificate;
	#process?: ServerProcess;

	private constructor(home: string, certificate: LabCertificate, [port, tlsPort]: [number, number]) {
		this.#home = home;
		this.#certificate = certificate;
		this.port = port;
		this.tlsPort = tlsPort;
	}

	static async start(): Promise<Imap4d> {
		// Its own folder: what belongs to somebody else it does not trust.
		const home = mkdtempSync(join(tmpdir(), 'imap4d-'));
		const server = new Imap4d(home, await createCertificate(), await freePorts('127.0.0.1'));
		server.#configure();
		await server.resume();
		return server;
	}

	get ca(): string {
		return this.#certificate.ca;
	}

	/** As a mail transport does: a file in `new`. */
	deliver(raw: string | Buffer, { folder, date }: Delivery = {}): void {
		const name = folder ?? 'INBOX';
		dropIntoMaildir(join(this.#home, 'home', name === 'INBOX' ? name : join('mail', name)), raw, date);
	}

	log(): string {
		return this.#process?.log() ?? '';
	}

	async halt(): Promise<void> {
		await this.#process?.end();
	}

	async resume(): Promise<void> {
		this.#process = await ServerProcess.start({
			name: 'imap4d',
			command: [
				join(packageRoot(), 'usr', 'sbin', 'imap4d'),
				...['--config-file', join(this.#home, 'conf'), '--foreground'],
			],
			env: packageLibraries(),
			host: this.host,
			ports: [this.port, this.tlsPort],
		});
	}

	async stop(): Promise<void> {
		await this.halt();
		rmSync(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}

	#configure(): void {
		const home = this.#home;
		const root = process.getuid?.() === 0;
		// It serves each session as the user of the mailbox.
		chmodSync(home, 0o755);
		for (const folder of ['home/mail', 'users']) mkdirSync(join(home, folder), { recursive: true });
		writeFileSync(join(home, 'cert.pem'), this.#certificate.cert);
		writeFileSync(join(home, 'key.pem'), this.#certificate.key, { mode: 0o600 });
		const hash = execFileSync('openssl', ['passwd', '-6', this.password], { encoding: 'utf8' }).trim();
		const [uid, gid] = root ? [NOBODY, NOBODY] : [process.getuid!(), process.getgid!()];
		const [name, domain] = this.user.split('@') as [string, string];
		writeFileSync(join(home, 'users', domain), `${name}:${hash}:${uid}:${gid}::${home}/home:/bin/false\n`);
		const server = (port: number, mode: string) => `
server ${this.host}:${port} {
  tls-mode ${mode};
  tls { ssl-certificate-file ${home}/cert.pem; ssl-key-file ${home}/key.pem; };
};`;
		writeFileSync(
			join(home, 'conf'),
			`
pidfile ${home}/pid;
mode daemon;
foreground yes;
max-children 60;
timeout 1800;
logging { syslog no; };
mailbox { mailbox-type maildir; };
namespace personal {
  prefix "" { directory "${home}/home/mail"; delimiter "/"; mailbox-type maildir; };
};
create-home-dir yes;
auth { authentication "generic"; authorization "virtdomain"; };
virtdomain { passwd-dir "${home}/users"; };
tls-file-checks { key-file none; cert-file none; };
${server(this.port, 'ondemand')}
${server(this.tlsPort, 'connection')}
`,
		);
		if (root) execFileSync('chown', ['-R', 'nobody:nogroup', join(home, 'home')]);
	}
}
