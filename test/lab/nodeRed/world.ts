import { EsaLab } from '../esa';
import { LAB_CLIENT, LAB_SECRET, MicrosoftLab } from '../graph';
import { DefenderLab, MessageTraceLab } from '../hunting';
import { EmbeddedImap, type EmbeddedImapOptions } from '../imap';
import { receivedExamples } from '../n8n/world';
import { startOpenCti, type OpenCtiLab } from '../opencti';
import { huntTraffic } from '../scenario/huntTraffic';
import { defenderTraffic, traceTraffic } from '../scenario/microsoftTraffic';
import type { FlowPeers } from './flows';

const HUNTER = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

/** The peers of a Node-RED, all of them on loopback. */
export class Peers {
	readonly #esa: EsaLab;

	private constructor(
		readonly imap: EmbeddedImap,
		readonly openCti: OpenCtiLab,
		readonly microsoft: MicrosoftLab,
		esa: EsaLab,
	) {
		this.#esa = esa;
	}

	static async start(mailbox: EmbeddedImapOptions = { messages: receivedExamples() }): Promise<Peers> {
		const imap = await EmbeddedImap.start({ user: 'intel@soc.example.org', ...mailbox });
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
		const esa = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...HUNTER });
		return new Peers(imap, openCti, microsoft, esa);
	}

	/** What accounts of flows need to know. */
	get accounts(): FlowPeers {
		const { host, port, user, password } = this.imap;
		return {
			imap: { host, port, user, password },
			openCti: { url: this.openCti.url, token: this.openCti.token },
			appliance: { url: this.#esa.url, ...HUNTER },
			microsoft: this.microsoft.credential(),
		};
	}

	async close(): Promise<void> {
		await Promise.all([this.imap.close(), this.openCti.close(), this.microsoft.close(), this.#esa.stop()]);
	}
}
