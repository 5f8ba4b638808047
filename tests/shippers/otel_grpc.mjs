// The OpenTelemetry SDK's own logs over gRPC: `node otel_grpc.mjs URL COUNT`.
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';

import { send } from './lines.mjs';

const [url, count] = process.argv.slice(2);
const exporter = new OTLPLogExporter({ url, compression: 'gzip' });
// Several calls one behind the other, over one connection.
await send('grpc-shop', Number(count), { exporter, maxExportBatchSize: 16 });
