import { createHash } from 'node:crypto';
import { startServer } from './server';

/** Where the examples send what they make: any platform that takes STIX by HTTP, and any service that analyses messages. */
export interface Sink {
	/** Without a path. */
	url: string;
	/** What came to `/api/stix`, in order. */
	readonly bundles: SinkBundle[];
	close(): Promise<void>;
}

interface SinkBundle {
	type: 'bundle';
	id: string;
	objects: { type: string }[];
}

/**
 * `/api/stix` keeps bundles (POST), refuses what is not one, and lists what it has (GET). `/api/analysis` takes a raw message
 * (POST) and is not ready when it is asked for the first time (503), as analyses take their time.
 */
export async function startSink(): Promise<Sink> {
	const bundles: SinkBundle[] = [];
	const analysed = new Set<string>();
	const server = await startServer(({ method, url }, response, body) => {
		const answer = (status: number, json: object) =>
			void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
		if (url !== '/api/stix' && url !== '/api/analysis') return answer(404, { error: 'not found' });
		if (url === '/api/stix' && method === 'GET')
			return answer(200, { bundles: bundles.map(({ id, objects }) => ({ id, objects: objects.length })) });
		if (method !== 'POST') return answer(405, { error: 'method not allowed' });
		if (url === '/api/analysis') {
			const sha256 = createHash('sha256').update(body).digest('hex');
			if (body.length === 0) return answer(400, { error: 'the body is empty' });
			if (analysed.has(sha256)) return answer(200, { sha256, bytes: body.length, verdict: 'suspicious', score: 71 });
			analysed.add(sha256);
			return answer(503, { error: 'the analysis is not ready' });
		}
		const bundle = bundleOf(body);
		if (bundle === undefined) return answer(400, { error: 'the body is not a STIX bundle' });
		bundles.push(bundle);
		answer(201, { accepted: true, id: bundle.id, objects: bundle.objects.length });
	});
	return { url: server.url, bundles, close: server.close };
}

function bundleOf(body: Buffer): SinkBundle | undefined {
	try {
		const bundle = JSON.parse(body.toString('utf8')) as Partial<SinkBundle> | null;
		const isBundle = bundle?.type === 'bundle' && typeof bundle.id === 'string' && Array.isArray(bundle.objects);
		return isBundle ? (bundle as SinkBundle) : undefined;
	} catch {
		return undefined;
	}
}
