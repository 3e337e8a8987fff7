import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryFolder, unprivileged } from '../process/daemon';
import { createCertificate, type LabCertificate } from './certificates';
import { packageLibraries, packageRoot } from './packages';
import { asClient, command, type Delivery, type RealImap } from './realImap';
import { freePorts, ServerProcess } from './serverProcess';

export interface CyrusOptions {
	/** `INBOX.Work`, `user.other`, `abuse` as out of the box (default), or `Work`, `Other Users/other`, `Shared Folders/abuse`. */
	names?: 'default' | 'alternative';
	/** Connections of one user. Default 50. */
	maxConnections?: number;
}

const PASSWORD = 'secret';

/** A real Cyrus IMAP server on loopback, in one temporary folder that goes with it. */
export class Cyrus implements RealImap {
	readonly host = '127.0.0.1';
	readonly user = 'analyst';
	readonly password = PASSWORD;
	readonly port: number;
	readonly tlsPort: number;
	readonly #home: string;
	readonly #certificate: LabCertificate;
	readonly #options: CyrusOptions;
	#process?: ServerProcess;

	private constructor(
		home: string,
		certificate: LabCertificate,
		[port, tlsPort]: [number, number],
		options: CyrusOptions,
	) {
		this.#home = home;
		this.#certificate = certificate;
		this.port = port;
		this.tlsPort = tlsPort;
		this.#options = options;
	}

	static async start(options: CyrusOptions = {}): Promise<Cyrus> {
		const server = new Cyrus(
			temporaryFolder('cyrus-'),
			await createCertificate(),
			await freePorts('127.0.0.1'),
			options,
		);
		server.#configure();
		await server.resume();
		// The first login makes the inbox: before it, mail for it is refused.
		await asClient(server, async () => undefined);
		return server;
	}

	get ca(): string {
		return this.#certificate.ca;
	}

	get separator(): string {
		return this.#options.names === 'alternative' ? '/' : '.';
	}

	get prefix(): string {
		return this.#options.names === 'alternative' ? '' : 'INBOX.';
	}

	/** By LMTP, as a mail transport does; with a date by APPEND, for LMTP has none. */
	async deliver(raw: string | Buffer, { folder, date }: Delivery = {}): Promise<void> {
		if (date !== undefined) {
			await asClient(this, async (client) => await client.append(folder ?? 'INBOX', Buffer.from(raw), [], date));
			return;
		}
		const below = folder === undefined || folder === 'INBOX' ? '' : `+${folder.slice(this.prefix.length)}`;
		await sendByLmtp(join(this.#home, 'sock', 'lmtp'), `${this.user}${below}`, raw);
	}

	/** Does something as administrator: other users' folders, shared ones, rights. */
	async administrate(...commands: Array<[name: string, ...args: string[]]>): Promise<void> {
		await asClient(
			this,
			async (client) => {
				for (const [name, ...args] of commands) await command(client, name, ...args);
			},
			'admin',
		);
	}

	log(): string {
		return this.#process?.log() ?? '';
	}

	async halt(): Promise<void> {
		await this.#process?.end();
	}

	async resume(): Promise<void> {
		const binary = join(packageRoot(), 'usr', 'lib', 'cyrus', 'bin', 'master');
		const file = (name: string) => join(this.#home, name);
		this.#process = await ServerProcess.start({
			name: 'Cyrus',
			command: unprivileged([binary, '-D', '-C', file('imapd.conf'), '-M', file('cyrus.conf'), '-p', file('pid')]),
			env: packageLibraries(),
			host: this.host,
			ports: [this.port, this.tlsPort],
			// Its services have process groups of their own; it ends them.
			endSignal: 'SIGTERM',
		});
	}

	async stop(): Promise<void> {
		await this.halt();
		rmSync(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}

	#configure(): void {
		const home = this.#home;
		const root = process.getuid?.() === 0;
		const alternative = this.#options.names === 'alternative' ? 'yes' : 'no';
		for (const folder of ['conf/socket', 'mail', 'sock']) mkdirSync(join(home, folder), { recursive: true });
		writeFileSync(join(home, 'cert.pem'), this.#certificate.cert);
		writeFileSync(join(home, 'key.pem'), this.#certificate.key);
		const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
		// A key that stands here twice ends it.
		writeFileSync(
			join(home, 'imapd.conf'),
			`
configdirectory: ${home}/conf
defaultpartition: default
partition-default: ${home}/mail
cyrus_user: ${root ? 'nobody' : userInfo().username}
cyrus_group: ${root ? 'nogroup' : group}
admins: admin
servername: localhost
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${home}/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
tls_server_cert: ${home}/cert.pem
tls_server_key: ${home}/key.pem
unixhierarchysep: ${alternative}
altnamespace: ${alternative}
autocreate_quota: 0
lmtpsocket: ${home}/sock/lmtp
maxlogins_per_user: ${this.#options.maxConnections ?? 50}
failedloginpause: 0
`,
		);
		// Each command is told of the configuration: the first one's is not handed on.
		const run = (program: string) => `${packageRoot()}/usr/lib/cyrus/bin/${program} -C ${home}/imapd.conf`;
		writeFileSync(
			join(home, 'cyrus.conf'),
			`
START {
  recover cmd="${run('ctl_cyrusdb')} -r"
}
SERVICES {
  imap cmd="${run('imapd')}" listen="${this.host}:${this.port}" prefork=1
  imaps cmd="${run('imapd')} -s" listen="${this.host}:${this.tlsPort}" prefork=0
  lmtpunix cmd="${run('lmtpd')} -a" listen="${home}/sock/lmtp" prefork=0
}
EVENTS {
  checkpoint cmd="${run('ctl_cyrusdb')} -c" period=30
}
`,
		);
		for (const name of [this.user, 'other', 'admin']) {
			execFileSync(
				join(packageRoot(), 'usr', 'sbin', 'saslpasswd2'),
				['-p', '-c', '-f', join(home, 'sasldb2'), '-u', 'localhost', name],
				{ input: PASSWORD, env: { ...process.env, ...packageLibraries() }, stdio: ['pipe', 'ignore', 'pipe'] },
			);
		}
		if (root) execFileSync('chown', ['-R', 'nobody:nogroup', home]);
	}
}

/** One message for one recipient (RFC 2033). */
async function sendByLmtp(socketPath: string, recipient: string, raw: string | Buffer): Promise<void> {
	const socket = connect(socketPath);
	const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
	const expectCode = async (code: string) => {
		for (;;) {
			const { value, done } = await answers.next();
			if (done) throw new Error('The LMTP server closed the connection');
			// `250-` goes on, `250 ` is the end.
			if (/^\d{3}-/.test(value)) continue;
			if (!value.startsWith(code)) throw new Error(`The LMTP server said ${value}`);
			return;
		}
	};
	try {
		await expectCode('220');
		const dialogue: Array<[Buffer | string, string]> = [
			['LHLO lab.example.com\r\n', '250'],
			['MAIL FROM:<sender@example.org>\r\n', '250'],
			[`RCPT TO:<${recipient}>\r\n`, '250'],
			['DATA\r\n', '354'],
			[stuffed(raw), '250'],
			['QUIT\r\n', '221'],
		];
		for (const [words, code] of dialogue) {
			socket.write(words);
			await expectCode(code);
		}
	} finally {
		socket.destroy();
	}
}

/** A line that begins with a dot gets another one (RFC 5321 section 4.5.2). */
function stuffed(raw: string | Buffer): Buffer {
	const text = Buffer.from(raw).toString('latin1').replace(/^\./gm, '..');
	return Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}
