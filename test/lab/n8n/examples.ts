import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8nApi } from './api';

const folder = join(__dirname, '..', '..', '..', 'examples');

/** The peers of the lab that credentials point to. */
export interface LabPeers {
	imap: { host: string; port: number; user: string; password: string };
	openCti: { url: string; token: string };
}

/** Credentials under the ids that the example workflows name, in the form of n8n's `import:credentials`. */
export function labCredentials({ imap, openCti }: LabPeers) {
	const { host, port, user, password } = imap;
	return [
		{
			id: 'emailIntelDemoImap',
			name: 'Threat intel mailbox',
			type: 'emailIntelImapApi',
			data: { host, port, user, password, security: 'none', caCertificate: '', verifyTls: true, proxy: '' },
		},
		{
			id: 'emailIntelDemoOpenCti',
			name: 'OpenCTI',
			type: 'emailIntelOpenCtiApi',
			data: { url: openCti.url, token: openCti.token, caCertificate: '', verifyTls: true, proxy: '' },
		},
	];
}

/** Imports the workflows of `examples/` that n8n does not have yet; returns the names of all of them. */
export async function importExamples(api: N8nApi): Promise<string[]> {
	const present = new Set((await api.call<{ name: string }[]>('GET', '/workflows')).map(({ name }) => name));
	const names: string[] = [];
	for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
		const workflow = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string };
		if (!present.has(workflow.name)) await api.createWorkflow(workflow);
		names.push(workflow.name);
	}
	return names;
}
