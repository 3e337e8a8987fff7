import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createCertificate, type LabCertificate } from './certificates';

/** Where Debian puts it; not on the PATH of an ordinary user. */
const BINARIES = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'];
const AGENT = '/usr/lib/dovecot/dovecot-lda';
const NOBODY = 65_534;

/** Path of the Dovecot binary (2.3), undefined when this machine has none. */
export function dovecotBinary(): string | undefined {
	// DOVECOT names another binary, or none.
	const named = process.env['DOVECOT'];
	const binary = (named === undefined ? BINARIES : [named]).find((path) => existsSync(path));
	if (binary === undefined) return undefined;
	const version = spawnSync(binary, ['--version'], { encoding: 'utf8' });
	return /^2\.3\./.test(version.stdout) ? binary : undefined;
}

export interface DovecotOptions {
	/** Name and password. Default `analyst@example.com` / `secret`. */
	users?: Record<string, string>;
	/** Connections of one user from one address. Default 50. */
	maxConnections?: number;
	/** SASL mechanisms besides PLAIN and LOGIN. Default both. */
	oauth?: Array<'xoauth2' | 'oauthbearer'>;
	/** Address to listen on; 127.0.0.2 does not count as secured, so that LOGIN without TLS is refused. */
	address?: '127.0.0.1' | '127.0.0.2';
}

/** A real Dovecot 2.3 on loopback, in one temporary folder that goes with it. */
export class Dovecot {
	readonly user: string;
	readonly password: string;
	readonly host: string;
	/** Plain and STARTTLS. */
	port = 0;
	/** TLS from the start. */
	tlsPort = 0;
	#child?: ChildProcess;
	#delivered = 0;
	readonly #onExit = () => this.#kill();

	readonly #binary: string;
	readonly #home: string;
	readonly #certificate: LabCertificate;
	readonly #signingKey: KeyObject;
	readonly #options: DovecotOptions;

	private constructor(
		binary: string,
		home: string,
		certificate: LabCertificate,
		signingKey: KeyObject,
		options: DovecotOptions,
	) {
		this.#binary = binary;
		this.#home = home;
		this.#certificate = certificate;
		this.#signingKey = signingKey;
		this.#options = options;
		const [user, password] = Object.entries(options.users ?? { 'analyst@example.com': 'secret' })[0]!;
		this.user = user;
		this.password = password;
		this.host = options.address ?? '127.0.0.1';
	}

	/** Starts a server; throws what Dovecot said when it does not come up. */
	static async start(options: DovecotOptions = {}): Promise<Dovecot> {
		const binary = dovecotBinary();
		if (binary === undefined) throw new Error('Dovecot 2.3 is not installed (Debian package dovecot-imapd)');
		const home = mkdtempSync(join(process.platform === 'linux' ? '/tmp' : tmpdir(), 'dc-'));
		const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
		const server = new Dovecot(binary, home, await createCertificate(), keys.privateKey, options);
		server.#write('jwt/default/RS256/default', keys.publicKey.export({ type: 'spki', format: 'pem' }).toString());
		await server.#run();
		return server;
	}

	/** PEM of the authority that signed the server's certificate. */
	get ca(): string {
		return this.#certificate.ca;
	}

	/** An access token that it accepts for this user. */
	token(user = this.user, claims: Record<string, unknown> = {}): string {
		const now = Math.floor(Date.now() / 1000);
		const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const payload = {
			iss: 'https://idp.example.com',
			sub: user,
			email: user,
			iat: now - 10,
			exp: now + 600,
			scope: 'mail',
			...claims,
		};
		const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'default' })}.${part(payload)}`;
		return `${text}.${createSign('RSA-SHA256').update(text).sign(this.#signingKey).toString('base64url')}`;
	}

	/** Delivers as a local delivery agent does; INTERNALDATE is the file's time. */
	deliver(raw: string | Buffer, options: { folder?: string; date?: Date; user?: string } = {}): void {
		const directory = join(
			this.#maildir(options.user),
			options.folder ? `.${options.folder.split('/').join('.')}` : '',
			'new',
		);
		if (!existsSync(directory)) this.#makeMaildir(join(directory, '..'));
		const path = join(
			directory,
			`${Math.floor((options.date?.getTime() ?? Date.now()) / 1000)}.M${++this.#delivered}P1.lab`,
		);
		writeFileSync(path, raw);
		this.#own(path);
		if (options.date) utimesSync(path, options.date, options.date);
	}

	/** Delivers with Dovecot's own delivery agent, as a mail server does; the folder is made where it is missing. */
	async deliverByAgent(raw: string | Buffer, folder = 'INBOX'): Promise<void> {
		const agent = [
			AGENT,
			...['-c', join(this.#home, 'dovecot.conf'), '-o', 'lda_mailbox_autocreate=yes', '-f', 'sender@example.org', '-e'],
			...['-m', folder],
		];
		const command = asNobody(agent);
		const env = { PATH: process.env['PATH'], USER: this.user, HOME: join(this.#home, 'mail', this.user) };
		const child = spawn(command[0]!, command.slice(1), { cwd: this.#home, env, stdio: ['pipe', 'ignore', 'pipe'] });
		let said = '';
		child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
		child.stdin.on('error', () => undefined).end(raw);
		const [code] = (await once(child, 'close')) as [number | null];
		if (code !== 0) throw new Error(`Dovecot's delivery agent failed (${code}): ${said}`);
	}

	/** Flags in the file names of a folder (Maildir: `S` is \\Seen), one entry a message. */
	flags(folder?: string): string[] {
		const base = join(this.#maildir(), folder ? `.${folder.split('/').join('.')}` : '');
		return ['new', 'cur']
			.flatMap((part) => (existsSync(join(base, part)) ? readdirSync(join(base, part)) : []))
			.map((name) => name.split(':2,')[1] ?? '');
	}

	/** The server's log, for a test that fails. */
	log(): string {
		const path = join(this.#home, 'log');
		return existsSync(path) ? readFileSync(path, 'utf8') : '';
	}

	/** Ends it and everything it wrote. */
	async stop(): Promise<void> {
		await this.halt();
		rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
	}

	/** Ends it, and keeps its mail for {@link resume}. */
	async halt(): Promise<void> {
		const child = this.#child;
		const ended = new Promise<void>((resolve) => {
			if (child === undefined || child.exitCode !== null || child.signalCode !== null) resolve();
			else child.once('exit', () => resolve());
		});
		this.#kill();
		await ended;
		process.removeListener('exit', this.#onExit);
	}

	/** Starts it again after {@link halt}: the same ports, users and mail. */
	async resume(): Promise<void> {
		rmSync(join(this.#home, 'run'), { recursive: true, force: true });
		mkdirSync(join(this.#home, 'run'));
		this.#own(join(this.#home, 'run'), true);
		await this.#launch();
	}

	#kill(): void {
		const pid = this.#child?.pid;
		if (pid === undefined) return;
		try {
			// Its own process group: Dovecot's children go along.
			process.kill(-pid, 'SIGKILL');
		} catch {
			// It is gone already.
		}
	}

	async #run(): Promise<void> {
		[this.port, this.tlsPort] = await freePorts(this.host);
		this.#configure();
		await this.#launch();
	}

	async #launch(): Promise<void> {
		process.once('exit', this.#onExit);
		const command = asNobody([this.#binary, '-F', '-c', join(this.#home, 'dovecot.conf')]);
		this.#child = spawn(command[0]!, command.slice(1), { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
		let said = '';
		this.#child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
		for (let waited = 0; waited < 10_000; waited += 20) {
			if (await canConnect(this.host, this.port)) return;
			if (this.#child.exitCode !== null) break;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		const log = this.log();
		await this.stop();
		throw new Error(`Dovecot did not start: ${said}\n${log}`);
	}

	#configure(): void {
		const root = process.getuid?.() === 0;
		const user = root ? 'nobody' : userInfo().username;
		const group = root ? 'nogroup' : spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim() || user;
		const uid = root ? NOBODY : process.getuid!();
		const gid = root ? NOBODY : process.getgid!();
		const users = this.#options.users ?? { [this.user]: this.password };
		for (const name of Object.keys(users)) this.#makeMaildir(this.#maildir(name));
		this.#write(
			'users',
			Object.entries(users)
				.map(([name, password]) => `${name}:{PLAIN}${password}:${uid}:${gid}::${join(this.#home, 'mail', name)}\n`)
				.join(''),
		);
		this.#write('cert.pem', this.#certificate.cert);
		this.#write('key.pem', this.#certificate.key);
		const oauth = this.#options.oauth ?? ['xoauth2', 'oauthbearer'];
		this.#write(
			'oauth.conf',
			[
				'introspection_mode = local',
				`local_validation_key_dict = fs:posix:prefix=${this.#home}/jwt/`,
				'username_attribute = email',
				'issuers = https://idp.example.com',
				'',
			].join('\n'),
		);
		this.#write(
			'dovecot.conf',
			`
protocols = imap
base_dir = ${this.#home}/run
state_dir = ${this.#home}/state
log_path = ${this.#home}/log
listen = ${this.host}
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
maildir_stat_dirs = no
mail_max_userip_connections = ${this.#options.maxConnections ?? 50}
auth_mechanisms = plain login ${oauth.join(' ')}
auth_failure_delay = 0
ssl = yes
ssl_cert = <${this.#home}/cert.pem
ssl_key = <${this.#home}/key.pem
ssl_min_protocol = TLSv1.2
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${this.#home}/oauth.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = ${this.#home}/users
}
userdb {
  driver = passwd-file
  args = ${this.#home}/users
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    address = ${this.host}
    port = ${this.port}
  }
  inet_listener imaps {
    address = ${this.host}
    port = ${this.tlsPort}
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`,
		);
		mkdirSync(join(this.#home, 'run'));
		mkdirSync(join(this.#home, 'state'));
		this.#own(this.#home, true);
	}

	#maildir(user = this.user): string {
		return join(this.#home, 'mail', user, 'Maildir');
	}

	#makeMaildir(path: string): void {
		for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true });
		this.#own(path, true);
	}

	#write(name: string, text: string): void {
		const path = join(this.#home, name);
		mkdirSync(join(path, '..'), { recursive: true });
		writeFileSync(path, text);
	}

	/** Dovecot runs as nobody when we are root. */
	#own(path: string, recursive = false): void {
		if (process.getuid?.() !== 0) return;
		chownSync(path, NOBODY, NOBODY);
		if (!recursive) return;
		chmodSync(path, 0o700);
		for (const entry of readdirSync(path, { withFileTypes: true }))
			this.#own(join(path, entry.name), entry.isDirectory());
	}
}

/** Mail of uid 0 is refused. With pdeathsig a server ends even when this process is killed. */
function asNobody(command: string[]): string[] {
	if (process.getuid?.() !== 0) return command;
	return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--pdeathsig', 'TERM', ...command];
}

async function freePorts(host: string): Promise<[number, number]> {
	const servers = await Promise.all(
		[0, 1].map(async () => {
			const server = createServer();
			await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
			return server;
		}),
	);
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map(async (server) => await new Promise((resolve) => server.close(resolve))));
	return [ports[0]!, ports[1]!];
}

async function canConnect(host: string, port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect({ host, port }, () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
