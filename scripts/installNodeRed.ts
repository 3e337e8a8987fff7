/** Node-RED, its test helper and its scorecard, into the cache: what `npm test` needs besides node_modules. */
import { installNodeRed } from '../test/lab/nodeRed/install';

installNodeRed((text) => process.stdout.write(`${text}\n`)).catch((error: unknown) => {
	process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
});
