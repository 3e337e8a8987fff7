// The way of a message, as the servers that carried it wrote it down.
export { readReceived, readServers, type HopServers, type ReceivedHop } from './received';
