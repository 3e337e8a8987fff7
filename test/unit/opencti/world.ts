import { OpenCtiClient, type OpenCtiClientOptions } from '../../../lib/opencti';
import { startOpenCti, type LabOptions, type OpenCtiLab } from '../../lab/opencti';
import { fastClock } from './clock';

export interface World {
	lab: OpenCtiLab;
	client: OpenCtiClient;
	clock: ReturnType<typeof fastClock>;
}

const open: World[] = [];

/** A platform and a client of it; closed after the test by {@link closeWorlds}. */
export async function world(options: LabOptions = {}, client: Partial<OpenCtiClientOptions> = {}): Promise<World> {
	const lab = await startOpenCti(options);
	const clock = fastClock();
	const made = { lab, clock, client: new OpenCtiClient({ url: lab.url, token: lab.token, clock, ...client }) };
	open.push(made);
	return made;
}

export async function closeWorlds(): Promise<void> {
	for (const { lab, client } of open.splice(0)) {
		await client.close();
		await lab.close();
	}
}

/** The error of a promise that must fail. */
export async function failure<E = Error & Record<string, unknown>>(promise: Promise<unknown>): Promise<E> {
	const outcome = await promise.then(
		(value: unknown) => ({ value }),
		(error: unknown) => ({ error }),
	);
	if (!('error' in outcome)) throw new Error(`It did not fail: ${JSON.stringify(outcome.value)}`);
	return outcome.error as E;
}
