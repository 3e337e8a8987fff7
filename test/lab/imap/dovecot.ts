import { spawn, spawnSync } from 'node:child_process';
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
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { unprivileged } from '../process/daemon';
import { createCertificate, type LabCertificate } from './certificates';
import type { Delivery, RealImap } from './realImap';
import { freePorts, ServerProcess } from './serverProcess';

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
	/**
	 * `INBOX.`: names as many hosters have them, `INBOX.Work`, and a namespace `shared.` beside the user's own. Default: none,
	 * with `/` between.
	 */
	prefix?: 'INBOX.';
}

/** A real Dovecot 2.3 on loopback, in one temporary folder that goes with it. */
export class Dovecot implements RealImap {
	readonly user: string;
	readonly password: string;
	readonly host: string;
	readonly prefix: string;
	readonly separator: string;
	/** Plain and STARTTLS. */
	port = 0;
	/** TLS from the start. */
	tlsPort = 0;
	#process?: ServerProcess;
	#delivered = 0;

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
		this.prefix = options.prefix ?? '';
		this.separator = options.prefix === undefined ? '/' : '.';
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
	deliver(raw: string | Buffer, options: Delivery & { user?: string } = {}): void {
		const directory = join(this.#folder(options.folder, options.user), 'new');
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
		const command = unprivileged(agent);
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
		const base = this.#folder(folder);
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
		await this.#process?.end();
	}

	/** Starts it again after {@link halt}: the same ports, users and mail. */
	async resume(): Promise<void> {
		rmSync(join(this.#home, 'run'), { recursive: true, force: true });
		mkdirSync(join(this.#home, 'run'));
		this.#own(join(this.#home, 'run'), true);
		await this.#launch();
	}

	async #run(): Promise<void> {
		[this.port, this.tlsPort] = await freePorts(this.host);
		this.#configure();
		await this.#launch();
	}

	async #launch(): Promise<void> {
		this.#process = await ServerProcess.start({
			name: 'Dovecot',
			command: unprivileged([this.#binary, '-F', '-c', join(this.#home, 'dovecot.conf')]),
			host: this.host,
			ports: [this.port],
			log: () => this.log(),
		});
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
  prefix = ${this.prefix}
  separator = ${this.separator}
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
}
${this.#sharedNamespace()}
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

	/** Folders of nobody in particular, beside those that the prefix stands before. */
	#sharedNamespace(): string {
		if (this.prefix === '') return '';
		return `
namespace shared {
  type = public
  prefix = shared.
  separator = .
  location = maildir:${this.#home}/shared
  subscriptions = no
  list = yes
}`;
	}

	#maildir(user = this.user): string {
		return join(this.#home, 'mail', user, 'Maildir');
	}

	#folder(folder: string | undefined, user?: string): string {
		if (folder?.startsWith('shared.')) return join(this.#home, 'shared', folder.slice('shared'.length));
		if (folder === undefined || folder === 'INBOX') return this.#maildir(user);
		const name = folder.startsWith(this.prefix) ? folder.slice(this.prefix.length) : folder;
		return join(this.#maildir(user), `.${name.split(this.separator).join('.')}`);
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
