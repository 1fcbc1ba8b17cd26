# A thin front of rfbook/dev.py, which runs without make too: python3 -m rfbook.dev help
#   make book TORCH_ARGS='...'     pip's arguments for torch: the choice of CPU or CUDA
#   make test RFBOOK_ENV=current   the running Python's packages instead of .venv

PYTHON ?= python3
ifneq ($(origin TORCH_ARGS),undefined)
export RFBOOK_TORCH_ARGS := $(TORCH_ARGS)
endif

TARGETS := help setup doctor verify book serve lab pdf epub test test-unit \
	test-notebooks test-gpu test-latest test-oldest test-threads twice audit lint format lock \
	golden prove mutants benchmarks wheel release clean

.DEFAULT_GOAL := help
.PHONY: $(TARGETS)
$(TARGETS):
	@$(PYTHON) -m rfbook.dev $@
