import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { temporaryFolder } from '../process/daemon';
import { createCertificate, type LabCertificate } from './certificates';
import { dropIntoMaildir } from './maildir';
import { packageLibraries, packageRoot } from './packages';
import type { Delivery, RealImap } from './realImap';
import { freePorts, ServerProcess } from './serverProcess';

export interface CourierOptions {
	/** Connections of one address. Default 50. */
	maxConnections?: number;
	/** False: the server has no certificate, so that STARTTLS fails after its OK. Default true. */
	certificate?: boolean;
}

const NOBODY = 65_534;

/** Courier needs a mount namespace, for its paths are compiled in. Undefined when this process may make one. */
export function courierNeeds(): string | undefined {
	if (process.getuid?.() !== 0)
		return 'Courier needs root: its paths are compiled in, and a mount namespace stands in for them';
	const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' });
	return status === 0 ? undefined : `Courier needs a mount namespace: ${stderr.trim()}`;
}

/** A real Courier IMAP server on loopback, in one temporary folder that goes with it. */
export class Courier implements RealImap {
	readonly host = '127.0.0.1';
	readonly user = 'analyst';
	readonly password = 'secret';
	readonly prefix = 'INBOX.';
	readonly separator = '.';
	readonly port: number;
	readonly tlsPort: number;
	readonly #home: string;
	readonly #certificate: LabCertificate;
	readonly #options: CourierOptions;
	#process?: ServerProcess;

	private constructor(
		home: string,
		certificate: LabCertificate,
		[port, tlsPort]: [number, number],
		options: CourierOptions,
	) {
		this.#home = home;
		this.#certificate = certificate;
		this.port = port;
		this.tlsPort = tlsPort;
		this.#options = options;
	}

	static async start(options: CourierOptions = {}): Promise<Courier> {
		const server = new Courier(
			temporaryFolder('courier-'),
			await createCertificate(),
			await freePorts('127.0.0.1'),
			options,
		);
		server.#configure();
		await server.resume();
		return server;
	}

	get ca(): string {
		return this.#certificate.ca;
	}

	/** Where the user's mail is: `INBOX` itself, and its folders as `.Name`. */
	get maildir(): string {
		return join(this.#home, 'mail', 'Maildir');
	}

	/** As a mail transport does: a file in `new`. */
	deliver(raw: string | Buffer, { folder, date }: Delivery = {}): void {
		dropIntoMaildir(this.#folder(folder), raw, date);
	}

	/** The same with a name that sorts where the test wants it, and with the file's path. */
	deliverAs(suffix: string, raw: string | Buffer, { folder, date }: Delivery = {}): string {
		return dropIntoMaildir(this.#folder(folder), raw, date, suffix);
	}

	/** Removes a file that was delivered, wherever the server has moved it since. False when it is gone. */
	remove(path: string): boolean {
		const [name] = basename(path).split(':');
		const maildir = dirname(dirname(path));
		for (const part of ['new', 'cur']) {
			for (const file of readdirSync(join(maildir, part))) {
				if (file.split(':')[0] !== name) continue;
				unlinkSync(join(maildir, part, file));
				return true;
			}
		}
		return false;
	}

	/** A folder that several users have, in a Maildir of its own, with a message. Gives its name for clients. */
	shareFolder(group: string, name: string, raw: string): string {
		const shared = join(this.#home, 'mail', 'shared');
		this.make('-S', shared);
		this.make('-s', 'write', '-f', name, shared);
		this.make('--add', `${group}=${shared}`, this.maildir);
		dropIntoMaildir(join(shared, `.${name}`), raw);
		return `shared.${group}.${name}`;
	}

	/** What Courier makes folders, shared folders and rights with, as the mail's user. */
	make(...args: string[]): void {
		const program = join(packageRoot(), 'usr', 'bin', 'maildirmake.courier');
		const as = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
		execFileSync('setpriv', [...as, program, ...args], {
			cwd: join(this.#home, 'mail'),
			env: { ...process.env, ...packageLibraries() },
		});
	}

	log(): string {
		const auth = join(this.#home, 'auth.log');
		return (this.#process?.log() ?? '') + (existsSync(auth) ? readFileSync(auth, 'utf8') : '');
	}

	async halt(): Promise<void> {
		await this.#process?.end();
	}

	async resume(): Promise<void> {
		const { host, port, tlsPort } = this;
		const connections = this.#options.maxConnections ?? 50;
		const script = [join(__dirname, 'courier.sh'), this.#home, packageRoot()];
		const numbers = [port, tlsPort, connections, NOBODY, NOBODY].map(String);
		this.#process = await ServerProcess.start({
			name: 'Courier',
			command: [
				...['setpriv', '--pdeathsig', 'KILL'],
				...['unshare', '--mount', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc', 'sh'],
				...script,
				...numbers,
			],
			host,
			ports: [port, tlsPort],
		});
	}

	async stop(): Promise<void> {
		await this.halt();
		rmSync(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}

	#folder(folder: string | undefined): string {
		const name = folder === undefined || folder === 'INBOX' ? '' : folder.slice(this.prefix.length - 1);
		return join(this.maildir, name);
	}

	#configure(): void {
		const home = this.#home;
		chmodSync(home, 0o755);
		mkdirSync(join(home, 'mail'));
		chownSync(join(home, 'mail'), NOBODY, NOBODY);
		writeFileSync(
			join(home, 'password'),
			execFileSync('openssl', ['passwd', '-1', this.password], { encoding: 'utf8' }).trim(),
		);
		if (this.#options.certificate !== false)
			writeFileSync(join(home, 'server.pem'), `${this.#certificate.key}\n${this.#certificate.cert}`, { mode: 0o600 });
		this.make(this.maildir);
	}
}
