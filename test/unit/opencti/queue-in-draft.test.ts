import { OpenCtiClient } from '../../../lib/opencti';
import { LAB_TOKEN, type OpenCtiLab } from '../../lab/opencti';
import { closeWorlds, failure, world } from './world';

/*
 * What stixBundlePush queues carries no draft: the platform's workers import it into live data, whatever workspace it was
 * sent from. In a draft it would go live without an error.
 */

afterEach(closeWorlds);

const CONNECTOR = { token: LAB_TOKEN, capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD', 'CONNECTORAPI'] };
const BUNDLE = {
	type: 'bundle',
	objects: [{ type: 'domain-name', id: 'domain-name--1', value: 'evil.example' }],
};

const addDraft = (lab: OpenCtiLab) => lab.store.drafts.set('d', { id: 'd', name: 'd', status: 'open' });

it.each([{ id: 'd' }, 'user' as const])('a bundle is not queued from %j: nothing is sent', async (workspace) => {
	const { lab, client } = await world({ users: [CONNECTOR] }, { workspace });
	addDraft(lab);
	expect(await failure(client.importBundle(BUNDLE, { mode: 'push' }))).toMatchObject({
		code: 'OPENCTI_INPUT',
		message: expect.stringContaining('is imported into live data'),
		hint: expect.stringContaining('Direct or File Import'),
	});
	expect(lab.requests).toEqual([]);
	expect(await client.importBundle(BUNDLE, { mode: 'direct' })).toMatchObject({ complete: true });
});

it('from live data it is', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	await client.importBundle(BUNDLE, { mode: 'push' });
	expect(lab.store.bundles).toMatchObject([{ live: true }]);
});

it('the lab does as the platform: a draft takes no new connector, and a known one pushes live', async () => {
	const { lab } = await world({ users: [CONNECTOR] });
	addDraft(lab);
	const ask = async (query: string) => {
		const headers = {
			'content-type': 'application/json',
			authorization: `Bearer ${lab.token}`,
			'opencti-draft-id': 'd',
		};
		const response = await fetch(`${lab.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
		return (await response.json()) as { errors?: Array<{ message: string }> };
	};
	const register = 'mutation { registerConnector(input: { id: "c", name: "n", type: EXTERNAL_IMPORT }) { id } }';
	expect((await ask(register)).errors?.[0]?.message).toBe('Cannot index unsupported element in draft context');
	lab.store.connectors.set('c', { id: 'c', name: 'n', scope: [], type: 'EXTERNAL_IMPORT' });
	expect((await ask(register)).errors).toBeUndefined();
	const text = JSON.stringify(JSON.stringify(BUNDLE));
	expect((await ask(`mutation { stixBundlePush(connectorId: "c", bundle: ${text}) }`)).errors).toBeUndefined();
	expect(lab.store.bundles).toMatchObject([{ live: true }]);
});

it.each(['', '  ', undefined, null, 7, 'a b', 'd\u200b'])(
	'a draft workspace with the id %j is refused: nothing goes live',
	(id) => {
		const options = { url: 'https://opencti.example.com', token: 'x', workspace: { id } as { id: string } };
		expect(() => new OpenCtiClient(options)).toThrow(/draft workspace ID is not valid/);
	},
);
