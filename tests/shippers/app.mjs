// A program as it is run in development: it prints to its terminal, and OpenTelemetry sends its
// records and spans to wherever OTEL_EXPORTER_OTLP_ENDPOINT says. `node app.mjs COUNT`.
import { trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const count = Number(process.argv[2]);
const resource = resourceFromAttributes({ 'service.name': 'orders' });
const logs = new LoggerProvider({
  resource,
  processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});
const spans = new NodeTracerProvider({
  resource,
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
spans.register();
const logger = logs.getLogger('app');
const tracer = trace.getTracer('app');

for (let n = 0; n < count; n += 1) {
  tracer.startActiveSpan(`order ${n}`, (span) => {
    console.log(`printed ${n} in run ${process.env.LOG_RUN_ID}`);
    if (n % 10 === 9) console.error(`complained ${n}`);
    logger.emit({ severityNumber: SeverityNumber.INFO, body: `told ${n}`, attributes: { n } });
    span.end();
  });
}
await logs.shutdown();
await spans.shutdown();
process.exitCode = 3;
