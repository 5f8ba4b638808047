// The OpenTelemetry SDK's own logs over http/protobuf: `node otel.mjs URL COUNT`.
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';

import { send } from './lines.mjs';

const [url, count] = process.argv.slice(2);
const exporter = new OTLPLogExporter({ url: `${url}/v1/logs`, compression: 'gzip' });
await send('otel-shop', Number(count), { exporter });
