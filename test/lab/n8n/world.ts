import { exampleMessages } from '../../engine/exampleWorkflow';
import { EsaLab } from '../esa';
import { GoogleLab } from '../google';
import { LAB_CLIENT, LAB_SECRET, MicrosoftLab } from '../graph';
import { startSink, type Sink } from '../http/sink';
import { DefenderLab, MessageTraceLab } from '../hunting';
import { EmbeddedImap, type EmbeddedImapOptions } from '../imap';
import { startOpenCti, type OpenCtiLab } from '../opencti';
import { huntTraffic } from '../scenario/huntTraffic';
import { NEWEST } from '../scenario/reportedPhish';
import { defenderTraffic, traceTraffic } from '../scenario/microsoftTraffic';
import { labCredentials, storeCredentials, type LabCredential } from './examples';
import { N8nServer, type N8nOptions } from './server';

const HUNTER = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

/** n8n and the peers that it talks to, all of them on loopback. */
export class World {
	readonly #esa: EsaLab;

	private constructor(
		readonly imap: EmbeddedImap,
		readonly openCti: OpenCtiLab,
		readonly microsoft: MicrosoftLab,
		readonly google: GoogleLab,
		/** Any platform that takes bundles by HTTP. */
		readonly sink: Sink,
		esa: EsaLab,
		readonly n8n: N8nServer,
	) {
		this.#esa = esa;
	}

	/** Starts the peers and prepares n8n, which does not run yet. */
	static async prepare(options: { mailbox?: EmbeddedImapOptions; n8n?: N8nOptions } = {}): Promise<World> {
		const imap = await EmbeddedImap.start({
			user: 'intel@soc.example.org',
			...(options.mailbox ?? { messages: receivedExamples() }),
		});
		const openCti = await startOpenCti();
		const roles = ['Mail.Read', 'ThreatHunting.Read.All', 'ExchangeMessageTrace.Read.All'];
		const microsoft = await MicrosoftLab.start({ apps: [{ clientId: LAB_CLIENT, secret: LAB_SECRET, roles }] });
		const defender = new DefenderLab();
		defender.tables = defenderTraffic(Date.now());
		const trace = new MessageTraceLab(Date.now);
		trace.traces = traceTraffic(Date.now());
		microsoft.graph.services.push(defender, trace);
		const soc = microsoft.graph.mailbox('soc@example.com');
		soc.deliver(soc.folder('inbox'), { subject: 'Weekly threat report', receivedAt: Date.now() - 3_600_000 });
		const google = await GoogleLab.start({ messages: receivedExamples() });
		const sink = await startSink();
		const esa = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...HUNTER });
		return new World(imap, openCti, microsoft, google, sink, esa, await N8nServer.prepare(options.n8n));
	}

	/** Starts all of it: n8n has an owner, who is signed in, and a working credential of each type. */
	static async start(options: Parameters<typeof World.prepare>[0] = {}): Promise<World> {
		const world = await World.prepare(options);
		await world.startN8n();
		return world;
	}

	/** Starts n8n, signs in and stores the credentials. Gives their ids by type. */
	async startN8n(extra: Record<string, string> = {}): Promise<Record<string, string>> {
		await this.n8n.start(extra);
		await this.n8n.api.signIn();
		return await storeCredentials(this.n8n.api, this.credentials);
	}

	/** The Cisco Secure Email appliance, as its credential has it. */
	get appliance(): { url: string; user: string; passphrase: string } {
		return { url: this.#esa.url, ...HUNTER };
	}

	get credentials(): LabCredential[] {
		return labCredentials(this);
	}

	async dispose(): Promise<void> {
		await this.n8n.dispose();
		await Promise.all([
			this.imap.close(),
			this.openCti.close(),
			this.microsoft.close(),
			this.google.close(),
			this.sink.close(),
			this.#esa.stop(),
		]);
	}
}

/** The example messages as they came in over the last hour, a phish that somebody reported last: it is what a Test step shows. */
export function receivedExamples(): { raw: Buffer; date: Date }[] {
	const first = Date.now() - 3_600_000;
	const messages = exampleMessages();
	const ordered = [
		...messages.filter(({ name }) => name !== NEWEST),
		...messages.filter(({ name }) => name === NEWEST),
	];
	return ordered.map(({ raw }, index) => ({ raw, date: new Date(first + index * 60_000) }));
}
