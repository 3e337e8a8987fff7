import { startServer } from './server';

/** Where the last example sends its bundles. */
export interface Sink {
	/** Where bundles go. */
	url: string;
	/** What came, in order. */
	readonly bundles: SinkBundle[];
	close(): Promise<void>;
}

interface SinkBundle {
	type: 'bundle';
	id: string;
	objects: { type: string }[];
}

/** Any platform that takes STIX by HTTP: it keeps bundles (POST), refuses what is not one, and lists what it has (GET). */
export async function startSink(): Promise<Sink> {
	const bundles: SinkBundle[] = [];
	const server = await startServer(({ method, url }, response, body) => {
		const answer = (status: number, json: object) =>
			void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
		if (url !== PATH) return answer(404, { error: 'not found' });
		if (method === 'GET')
			return answer(200, { bundles: bundles.map(({ id, objects }) => ({ id, objects: objects.length })) });
		if (method !== 'POST') return answer(405, { error: 'method not allowed' });
		const bundle = bundleOf(body);
		if (bundle === undefined) return answer(400, { error: 'the body is not a STIX bundle' });
		bundles.push(bundle);
		answer(201, { accepted: true, id: bundle.id, objects: bundle.objects.length });
	});
	return { url: `${server.url}${PATH}`, bundles, close: server.close };
}

const PATH = '/api/stix';

function bundleOf(body: Buffer): SinkBundle | undefined {
	try {
		const bundle = JSON.parse(body.toString('utf8')) as Partial<SinkBundle> | null;
		const isBundle = bundle?.type === 'bundle' && typeof bundle.id === 'string' && Array.isArray(bundle.objects);
		return isBundle ? (bundle as SinkBundle) : undefined;
	} catch {
		return undefined;
	}
}
