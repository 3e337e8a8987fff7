import { delimiter, dirname } from 'node:path';
import { freePort } from '../process/ports';

const QUIET = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_ENCRYPTION_KEY: 'only-for-this-lab',
	N8N_SECURE_COOKIE: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry,instance-ai,chat-hub,mcp,insights',
	N8N_RUNNERS_MODE: 'internal',
	GENERIC_TIMEZONE: 'UTC',
	NODE_ENV: 'production',
};

/**
 * What n8n 3 changes in the settings of a server, as far as n8n 2 can be set to it: the defaults that n8n's documentation
 * and its own migration report (`n8n/dist/modules/breaking-changes/rules/v3`, n8n 2.40 and 2.41) announce. Task runners
 * outside of n8n need a program of their own and are not among them.
 */
export const AS_IN_N8N_3 = {
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'false',
	N8N_RUNNERS_TASK_TIMEOUT: '60',
	N8N_EXPRESSION_ENGINE: 'vm',
	N8N_COMPRESSION_NODE_MAX_DECOMPRESSED_SIZE_BYTES: String(256 * 1024 * 1024),
	N8N_COMPRESSION_NODE_MAX_ZIP_ENTRIES: '1000',
	OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
} as const;

/** The environment of a server of the lab. Nothing of the caller's is in it but the PATH. */
export async function serverSettings(userFolder: string, port: number): Promise<Record<string, string>> {
	return {
		HOME: userFolder,
		PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
		...QUIET,
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
	};
}
