# `make` alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help demo build test format lint generate bench conformance fuzz torture docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set up, build, and run orders joined with addresses on the embedded broker
	@scripts/build order-address-join
	@bin/order-address-join --demo

build: ## build all programs in release mode
	@scripts/build

test: ## set up and run every test
	@scripts/test

format: ## format the Swift sources in place
	@swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

lint: ## check the format, and that generated code is current
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks
	@$(MAKE) --no-print-directory generate CHECK=--check

generate: ## generate the protocol's Swift from its schema
	@scripts/setup
	@swift run -q protocol-generator Sources/KafkaProtocol/Schema Sources/KafkaProtocol/Generated $(CHECK)

bench: ## measure, each figure beside its limit (BENCH=name for one)
	@scripts/setup
	@swift run -q -c release --package-path Benchmarks millrace-benchmarks $(BENCH)

conformance: ## clients that we did not write against the broker, kill -9 included
	@scripts/conformance

fuzz: ## libFuzzer with the address sanitizer on what decodes foreign bytes (RUNS=inputs for each target)
	@scripts/fuzz $(RUNS)

torture: ## clients at work while the broker is killed again and again (SECONDS=60)
	@scripts/torture $(SECONDS)

docs: ## build the documentation into .build/docs
	@scripts/docs

clean: ## remove everything that was built
	@rm -rf .build Benchmarks/.build .venv
